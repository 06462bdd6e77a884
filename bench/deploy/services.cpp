#include "services.hpp"

#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "shared/programs.hpp"

namespace deploy_bench {
namespace {

// As the manual of node:http recommends: close(), and the connections that are idle then.
constexpr const char* node_source = R"js('use strict';
const http = require('node:http');
const [port, version] = process.argv.slice(2);
const server = http.createServer((request, response) => response.end(version + ' is here\n'));
server.keepAliveTimeout = 3600_000;
server.listen(Number(port), '127.0.0.1');
process.on('SIGTERM', () => {
  server.close();
  server.closeIdleConnections();
});
)js";

std::string nginx_configuration(int port, const std::string& home) {
    const std::string user = ::geteuid() == 0 ? "user root;\n" : "";
    return user + "daemon off;\nworker_processes 1;\npid " + home +
           "/pid;\nerror_log stderr crit;\nevents { worker_connections 4096; }\nhttp {\n"
           "access_log off;\nkeepalive_timeout 3600;\nkeepalive_requests 1000000000;\n"
           "client_body_temp_path " +
           home + "/body;\nproxy_temp_path " + home + "/proxy;\nfastcgi_temp_path " + home +
           "/fastcgi;\nuwsgi_temp_path " + home + "/uwsgi;\nscgi_temp_path " + home +
           "/scgi;\nserver {\nlisten 127.0.0.1:" + std::to_string(port) +
           " backlog=4096;\nlocation = / { return 200 \"nginx\\n\"; }\n}\n}\n";
}

std::string write(const std::string& path, const std::string& text) {
    std::ofstream file(path);
    file << text;
    if (!file.flush()) {
        throw std::runtime_error("cannot write " + path);
    }
    return path;
}

}  // namespace

std::optional<service> node_service() {
    const auto program = measured::find_program("node");
    if (!program) {
        return std::nullopt;
    }
    service made;
    made.name = "Node";
    made.tells_version = true;
    made.command = [program](int port, char version, const std::string& home) {
        return std::vector<std::string>{*program, write(home + "/server.js", node_source),
                                        std::to_string(port), std::string(1, version)};
    };
    return made;
}

service require_node() {
    if (auto found = node_service()) {
        return *std::move(found);
    }
    throw std::runtime_error("node is not installed, or not in PATH");
}

std::optional<service> nginx_service() {
    const auto program = measured::find_program("nginx");
    if (!program) {
        return std::nullopt;
    }
    service made;
    made.name = "nginx";
    made.command = [program](int port, char, const std::string& home) {
        return std::vector<std::string>{
            *program,
            "-p",
            home,
            "-e",
            "stderr",
            "-c",
            write(home + "/nginx.conf", nginx_configuration(port, home))};
    };
    return made;
}

service orders_service(const std::string& bin) {
    service made;
    made.name = "orders";
    made.ready = "/ready";
    made.command = [bin](int port, char, const std::string& home) {
        return std::vector<std::string>{bin + "/orders",
                                        "--listen",
                                        "127.0.0.1:" + std::to_string(port),
                                        "--db",
                                        "sqlite:" + home + "/orders.db",
                                        "--temp-dir",
                                        home,
                                        "--grace",
                                        "30s"};
    };
    return made;
}

}  // namespace deploy_bench

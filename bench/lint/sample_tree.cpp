#include "sample_tree.hpp"

#include <fstream>
#include <stdexcept>

namespace lint_bench {
namespace {

std::string number(unsigned value) { return std::to_string(value); }
std::string name_of(unsigned seed) { return "service-" + number(seed); }
bool is_good(unsigned seed) { return seed % 3 != 0; }

std::string dockerfile(unsigned seed) {
    std::string made = "FROM node:20-bookworm AS build\nWORKDIR /srv\n";
    for (unsigned i = 0; i < 8; ++i) {
        made +=
            "RUN npm config set step-" + number(i) + " " + number(seed) + " \\\n    && npm ci\n";
    }
    made +=
        "FROM node:20-bookworm-slim\nWORKDIR /srv\nCOPY --from=build /srv /srv\n"
        "ENV PORT=" +
        number(1024 + seed % 60'000) + "\nEXPOSE 8080\nUSER node\n";
    return made + (is_good(seed) ? "ENTRYPOINT [\"node\", \"server.js\"]\n"
                                 : "CMD node server.js --name " + name_of(seed) + "\n");
}

std::string compose(unsigned seed) {
    std::string made = "name: " + name_of(seed) + "\nservices:\n";
    for (unsigned i = 0; i < 4; ++i) {
        made += "  part-" + number(i) + ":\n    image: example/part:" + number(seed) +
                "\n    environment:\n      NAME: " + name_of(seed) +
                "\n      WORKERS: \"4\"\n    ports:\n      - \"" + number(8000 + i) + ":8080\"\n" +
                (is_good(seed) ? "    init: true\n    stop_grace_period: 45s\n"
                               : "    command: sh -c \"migrate; node server.js\"\n") +
                "    restart: unless-stopped\n";
    }
    return made;
}

std::string manifest(unsigned seed) {
    return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " + name_of(seed) +
           "\nspec:\n  replicas: 3\n  selector:\n    matchLabels:\n      app: " + name_of(seed) +
           "\n  template:\n    metadata:\n      labels:\n        app: " + name_of(seed) +
           "\n    spec:\n" + (is_good(seed) ? "      terminationGracePeriodSeconds: 60\n" : "") +
           "      containers:\n        - name: web\n          image: example/web:" + number(seed) +
           "\n          ports:\n            - containerPort: 8080\n          readinessProbe:\n"
           "            httpGet:\n              path: /ready\n              port: 8080\n"
           "            periodSeconds: 2\n          lifecycle:\n            preStop:\n"
           "              exec:\n                command: [\"sleep\", \"" +
           number(is_good(seed) ? 10 : 40) +
           "\"]\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: " + name_of(seed) +
           "\nspec:\n  selector:\n    app: " + name_of(seed) +
           "\n  ports:\n    - port: 80\n      targetPort: 8080\n";
}

std::string unit(unsigned seed) {
    return "[Unit]\nDescription=" + name_of(seed) +
           "\nAfter=network-online.target postgresql.service\nWants=network-online.target\n\n"
           "[Service]\nType=exec\nUser=web\nWorkingDirectory=/srv/" +
           name_of(seed) + "\nEnvironment=PORT=" + number(1024 + seed % 60'000) + "\n" +
           (is_good(seed) ? "ExecStart=/usr/bin/node server.js\nTimeoutStopSec=60\n"
                          : "ExecStart=/bin/sh -c 'node server.js | tee log'\nKillMode=process\n") +
           "Restart=on-failure\nRestartSec=2\n\n[Install]\nWantedBy=multi-user.target\n";
}

std::string deploy_script(unsigned seed) {
    std::string made = "#!/bin/bash\nset -euo pipefail\nname=" + name_of(seed) + "\n";
    for (unsigned i = 0; i < 6; ++i) {
        made += "if [[ -e \"/srv/$name/step-" + number(i) + "\" ]]; then\n  rsync -a \"build/" +
                number(i) + "/\" \"/srv/$name/\"\nfi\n";
    }
    return made + (is_good(seed) ? "systemctl restart \"$name\"\n"
                                 : "kill \"$(cat /run/$name.pid)\"\nsleep " + number(seed % 9 + 1) +
                                       "\nkill -9 \"$(cat /run/$name.pid)\"\n");
}

std::string entrypoint(unsigned seed) {
    std::string made = "#!/bin/sh\nset -e\n: \"${PORT:=8080}\"\n";
    for (unsigned i = 0; i < 5; ++i) {
        made += "case \"$MODE\" in\n  mode-" + number(i) + ") export LEVEL=" + number(seed) +
                " ;;\n  *) ;;\nesac\n";
    }
    return made + (is_good(seed) ? "exec node server.js \"$@\"\n"
                                 : "node server.js --name " + name_of(seed) + "\n");
}

std::string nginx(unsigned seed) {
    std::string made = "worker_processes auto;\nevents { worker_connections 1024; }\nhttp {\n";
    for (unsigned i = 0; i < 4; ++i) {
        made += "  upstream part_" + number(i) + " { server 127.0.0.1:" + number(8000 + i) +
                "; keepalive 16; }\n  server {\n    listen " + number(9000 + i) +
                ";\n    server_name " + name_of(seed) +
                ".example;\n    location / { proxy_pass http://part_" + number(i) + "; }\n  }\n";
    }
    return made + (is_good(seed) ? "}\nworker_shutdown_timeout 30s;\n" : "}\n");
}

std::string gunicorn(unsigned seed) {
    return "import multiprocessing\n\nbind = '0.0.0.0:8080'\nworkers = "
           "multiprocessing.cpu_count() * 2 + 1\nproc_name = '" +
           name_of(seed) + "'\ntimeout = " + number(30 + seed % 30) +
           "\ngraceful_timeout = " + number(is_good(seed) ? 25 : 300) +
           "\nkeepalive = 5\naccesslog = '-'\n";
}

}  // namespace

const std::vector<sample>& samples() {
    static const std::vector<sample> all{
        {"Dockerfile", dockerfile}, {"compose.yaml", compose},      {"deployment.yaml", manifest},
        {"web.service", unit},      {"deploy.sh", deploy_script},   {"entrypoint.sh", entrypoint},
        {"nginx.conf", nginx},      {"gunicorn.conf.py", gunicorn},
    };
    return all;
}

void write_file(const std::filesystem::path& at, const std::string& text) {
    std::filesystem::create_directories(at.parent_path());
    std::ofstream file(at, std::ios::binary);
    file << text;
    if (!file.flush()) {
        throw std::runtime_error("cannot write " + at.string());
    }
}

void make_tree(const std::filesystem::path& into, unsigned files) {
    const auto kinds = static_cast<unsigned>(samples().size());
    for (unsigned i = 0; i < files; ++i) {
        const auto& one = samples()[i % kinds];
        write_file(into / name_of(i / kinds) / one.name, one.text(i / kinds));
    }
}

void make_large_tree(const std::filesystem::path& into, std::uint64_t bytes) {
    constexpr std::size_t size_of_file = 256'000;
    std::uint64_t written = 0;
    for (unsigned folder = 0; written < bytes; ++folder) {
        for (const auto* one : {&samples()[2], &samples()[4]}) {  // manifests and scripts
            std::string text;
            for (unsigned i = 0; text.size() < size_of_file; ++i) {
                text += (one->name.ends_with("yaml") ? "---\n" : "") + one->text(folder * 1000 + i);
            }
            write_file(into / name_of(folder) / one->name, text);
            written += text.size();
        }
    }
}

}  // namespace lint_bench

#include "agent_api/api_fixture.hpp"

#include <sys/un.h>

#include "agent/api/routes.hpp"
#include "config/values.hpp"

namespace lastcall::agent::testing {

using namespace std::chrono_literals;

int connect_to(const std::string& path) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    path.copy(at.sun_path, sizeof at.sun_path - 1);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0) {
        ::close(fd);
        return -1;
    }
    return fd;
}

std::string answer::code() const {
    const json all = value();
    return all.is_object() && all.contains("error") ? all["error"].value("code", "") : "";
}

std::string answer::hint() const {
    const json all = value();
    return all.is_object() && all.contains("error") ? all["error"].value("hint", "") : "";
}

std::string question::text() const {
    std::string made =
        method + " " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + more;
    if (!body.empty() || method == "POST") {
        made += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    }
    return made + "\r\n" + body;
}

answer read_answer(const std::string& text) {
    answer made;
    const std::size_t end = text.find("\r\n\r\n");
    if (!text.starts_with("HTTP/1.1 ") || end == std::string::npos) {
        return made;
    }
    made.status = std::atoi(text.c_str() + 9);
    for (std::size_t at = text.find("\r\n") + 2; at < end;) {
        const std::size_t line = text.find("\r\n", at);
        const std::size_t colon = text.find(':', at);
        std::string name = text.substr(at, colon - at);
        for (char& c : name) {
            c = static_cast<char>(std::tolower(c));
        }
        made.fields[name] = text.substr(colon + 2, line - colon - 2);
        at = line + 2;
    }
    made.body = text.substr(end + 4);
    return made;
}

api_fixture::api_fixture()
    : life({.service = "agent",
            .grace = 20s,
            .log = [](std::string_view) {},
            .status_socket = false}) {
    options.socket = folder.path + "/api.sock";
    options.version = "1.2.3";
    options.read_config = [](const std::string& text, const std::string& file) {
        if (text.find("bad") != std::string::npos) {
            throw config::settings_error(file + ":1: bad is no setting");
        }
        host_spec made;
        made.file = file;
        return made;
    };
    options.log = [this](const std::string& line) { log_lines.push_back(line); };
}

api_fixture::~api_fixture() {
    engine.release();
    stop();
}

void api_fixture::serve() {
    served.emplace(life, options, engine);
    life.ready();
    runs = std::thread([this] { ended = life.run(); });
}

void api_fixture::stop() {
    if (runs.joinable()) {
        life.request_stop();
        runs.join();
    }
}

std::string api_fixture::fault_in(const question& asked, const answer& got) const {
    const std::string path = asked.target.substr(0, asked.target.find('?'));
    const http::verb method = asked.method == "POST" ? http::verb::post : http::verb::get;
    const auto type = got.fields.find("content-type");
    if (type == got.fields.end()) {
        return "no Content-Type";
    }
    try {
        const routed to = find_route(method, path);
        return described.fault_in(asked.method == "POST" ? "post" : "get", std::string(to.to->path),
                                  got.status, type->second, got.body);
    } catch (const std::exception&) {
        // No such path, method or number: the answer is an error all the same.
        return got.status < 400 ? "answered, though there is no such operation"
                                : described.fault_in(got.value(), "error");
    }
}

answer api_fixture::ask(const question& what) {
    local_client one(options.socket);
    EXPECT_TRUE(one.send(what.text()));
    EXPECT_TRUE(one.to_end()) << what.target;
    const answer got = read_answer(one.in);
    if (what.method != "HEAD") {
        EXPECT_EQ(fault_in(what, got), "") << what.method << " " << what.target << "\n" << one.in;
    }
    EXPECT_EQ(got.fields.count("lastcall-api"), 1U) << one.in;
    return got;
}

}  // namespace lastcall::agent::testing

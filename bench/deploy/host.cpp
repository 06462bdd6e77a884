#include "host.hpp"

#include <signal.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "sys/process/process.hpp"
#include "sys/socket/socket_client.hpp"

namespace deploy_bench {

namespace {

using namespace std::chrono_literals;
using lastcall::agent::client_error;

constexpr const char* name = "web";

}  // namespace

bool wait_until(const std::function<bool()>& holds, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) {
            return false;
        }
        lastcall::sys::sleep_until(std::chrono::steady_clock::now() + 5ms);
    }
    return true;
}

std::int64_t time_of(const json& row) {
    return static_cast<std::int64_t>(row.at("since_boot_ms").get<double>() * 1e6);
}

std::int64_t time_of(const json& rows, const std::string& what,
                     const std::function<bool(const json&)>& is_it) {
    const auto found = std::ranges::find_if(rows, is_it);
    if (found == rows.end()) {
        throw std::runtime_error("no row of the journal tells of " + what + ": " + rows.dump());
    }
    return time_of(*found);
}

host::host(service what, host_terms how)
    : what_(std::move(what)),
      how_(std::move(how)),
      port_(lastcall::sys::free_port()),
      at_(lastcall::sys::endpoint::loopback(static_cast<std::uint16_t>(port_))) {
    json spec = json::object();
    spec["command"] = what_.command(port_, 'a', home_.path());
    spec["listen"] = json::array({{{"address", at_.text()}, {"handover", how_.handover}}});
    spec["ready"] = {{"http", what_.ready}, {"interval", "10ms"}};
    spec["deploy"] = {{"bake", {{"for", std::to_string(how_.bake.count()) + "ms"}}}};
    const json wanted = {{"services", {{name, spec}}}};
    std::ofstream(home_.path() / "lastcall.yaml") << wanted.dump(1);  // JSON is YAML as well
    try {
        start();
    } catch (...) {
        if (child_ != 0) {
            end_child(child_, SIGTERM);
        }
        throw;
    }
}

host::~host() {
    try {
        run({"stop", "--all"});
    } catch (const std::exception&) {  // the directory goes next; the keeper ends by its child
    }
    if (child_ != 0) {
        end_child(child_, SIGTERM);
    }
}

void host::start() {
    const auto file = (home_.path() / "lastcall.yaml").string();
    if (how_.is_detached) {
        const auto up = run({"up", "-d", file});
        if (up.status != 0) {
            throw std::runtime_error("lastcall up -d: " + up.text);
        }
        return;
    }
    const auto output = (home_.path() / "up.log").string();
    child_ = start_command({how_.bin + "/lastcall", "up", file}, home_.path(), output);
    const bool is_ready = wait_until([&] {
        try {
            return get("/v1/status").at("services").at(0).at("state") == "ready";
        } catch (const client_error&) {
            return false;
        }
    });
    if (!is_ready) {
        std::ostringstream said;
        said << std::ifstream(output).rdbuf();
        throw std::runtime_error("lastcall up: " + said.str());
    }
}

ended_command host::run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), how_.bin + "/lastcall");
    return run_command(arguments, home_.path());
}

lastcall::agent::api_client host::client() {
    lastcall::agent::client_target to;
    to.socket = home_.path() / "run" / "api.sock";
    return lastcall::agent::api_client(to);
}

int host::agent_pid() { return get("/v1/status").at("pid"); }

int host::keeper_pid() { return get("/v1/status").at("keeper_pid"); }

int host::service_pid() {
    int pid = 0;
    // A first start is a deploy as well: it is the current one a moment after it is ready.
    const bool is_there = wait_until([&] {
        const auto status = get("/v1/status");  // outlives the loop, which goes through its inside
        for (const auto& one : status.at("services").at(0).at("generations")) {
            if (one.at("role") == "current") {
                pid = one.at("pid");
            }
        }
        return pid != 0;
    });
    if (!is_there) {
        throw std::runtime_error("no generation of " + what_.name + " serves");
    }
    return pid;
}

std::int64_t host::begin_deploy(char version) {
    const auto command = what_.command(port_, version, home_.path());
    return client().post(lastcall::agent::service_path(name, "deploys"),
                         {{"command", command}})["number"];
}

std::string host::state_of(std::int64_t deploy) {
    return get("/v1/deploys/" + std::to_string(deploy)).at("state");
}

void host::wait_for(std::int64_t deploy, const std::string& state) {
    std::string now;
    if (!wait_until([&] { return (now = state_of(deploy)) == state; })) {
        throw std::runtime_error("deploy " + std::to_string(deploy) + " of " + what_.name +
                                 " does not become " + state + ", it is " + now);
    }
}

std::int64_t host::deploy(char version) {
    const auto number = begin_deploy(version);
    wait_for(number, "done");
    return number;
}

json host::rows_of(std::int64_t deploy) {
    return get("/v1/journal?limit=1000&deploy=" + std::to_string(deploy)).at("rows");
}

}  // namespace deploy_bench

#include "web_server.hpp"

#include <unistd.h>

#include <fstream>
#include <thread>

#include "shared/programs.hpp"
#include "shared/server_process.hpp"

namespace load_bench {
namespace {

using namespace std::chrono_literals;

std::string configuration(const lastcall::sys::endpoint& listen, const std::string& home) {
    const std::string user = ::geteuid() == 0 ? "user root;\n" : "";
    std::string temporary;
    for (const auto* const what : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
        temporary += std::string(what) + "_temp_path " + home + "/" + what + ";\n";
    }
    return user + "daemon off;\nworker_processes 1;\npid " + home +
           "/pid;\nerror_log stderr crit;\nevents { worker_connections 30000; }\nhttp {\n"
           "access_log off;\nkeepalive_timeout 3600;\nkeepalive_requests 1000000000;\n" +
           temporary + "server {\nlisten " + listen.text() +
           " backlog=8192;\nlocation / { return 200 \"answer\\n\"; }\n}\n}\n";
}

drill::load_target target_of(const lastcall::sys::endpoint& at) {
    drill::load_target made;
    made.at = at;
    made.host = at.text();
    return made;
}

}  // namespace

web_server::web_server() : at_(lastcall::sys::endpoint::loopback(lastcall::sys::free_port())) {
    const auto home = home_.path().string();
    std::ofstream(home_.path() / "nginx.conf") << configuration(at_, home);
    process_ = measured::start_server({.argv = {measured::require_program("nginx"), "-p", home,
                                                "-e", "stderr", "-c", home + "/nginx.conf"}},
                                      target_of(at_), "/");
}

drill::load_plan web_server::plan() const {
    drill::load_plan made;
    made.target = target_of(at_);
    return made;
}

load_seen run_load(const drill::load_plan& plan, int seconds, drill::event_log_writer* events) {
    load_seen made;
    drill::load one(plan, std::make_shared<drill::name_pool>(), events);
    one.start();
    std::this_thread::sleep_for(500ms);
    const auto from = drill::clock::now();
    const std::uint64_t before = one.counters().answered;
    std::this_thread::sleep_until(from + std::chrono::seconds(seconds));
    const std::uint64_t after = one.counters().answered;
    made.rate = static_cast<double>(after - before) /
                std::chrono::duration<double>(drill::clock::now() - from).count();
    one.wind_down(drill::clock::now() + 5s);
    one.take(made.trial);
    return made;
}

drill::load_plan as_fast_as_it_can(const web_server& server) {
    auto plan = server.plan();
    drill::lane_plan lane;
    lane.kind = drill::lane_kind::pool;
    lane.clients = 64;
    plan.lanes = {lane};
    return plan;
}

}  // namespace load_bench

#include "stop_run.hpp"

#include "drill/readiness.hpp"

namespace stop_bench {

namespace drill = lastcall::drill;

namespace {

std::string last_words(const lastcall::sys::subject& process) {
    std::string all;
    const auto& lines = process.lines();
    for (std::size_t i = lines.size() - std::min<std::size_t>(lines.size(), 5); i < lines.size();
         ++i) {
        all += "\n  " + lines[i];
    }
    return all;
}

}  // namespace

running_server::running_server(const server& kind)
    : at_(lastcall::sys::endpoint::loopback(lastcall::sys::free_port())) {
    process_.emplace(kind.command(at_, home_.path()));
    const auto until = drill::clock::now() + ceiling;
    const bool ready = drill::wait_ready(at_, kind.ready, until,
                                         [this] { return process_->wait(drill::clock::now()); });
    if (!ready) {
        process_->wait(drill::clock::now());
        throw std::runtime_error(kind.name + " does not answer GET " + kind.ready + " with 200" +
                                 last_words(*process_));
    }
}

stop_result stop_under(const server& kind, running_server& running, drill::load& load) {
    auto& process = running.process();
    const auto sent = load.signal([&] { process.send_signal(kind.signal); });
    stop_result made;
    made.ended = process.wait(sent + ceiling);
    if (!made.ended) {
        process.kill_group();
        process.wait(drill::moment::max());
    }
    load.finish(drill::clock::now() + std::chrono::seconds(5));
    made.log = load.log();
    made.requests = drill::count(made.log);
    const auto exit_ns = drill::nanoseconds(process.exit()->when);
    made.signal_to_exit_ms = static_cast<double>(exit_ns - drill::nanoseconds(sent)) / 1e6;
    made.last_response_to_exit_ms =
        static_cast<double>(exit_ns - made.requests.last_response_ns) / 1e6;
    made.exit_code = process.exit()->code;
    return made;
}

void wait_for(running_server& running, const std::function<bool()>& what) {
    const auto until = drill::clock::now() + std::chrono::minutes(1);
    while (!what()) {
        if (running.process().wait(drill::clock::now() + std::chrono::milliseconds(2))) {
            throw std::runtime_error("the server ended by itself" + last_words(running.process()));
        }
        if (drill::clock::now() > until) {
            throw std::runtime_error("the load did not get going within a minute");
        }
    }
}

}  // namespace stop_bench

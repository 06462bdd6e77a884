// The stop of the keeper itself: every service, stage by stage, with or without an agent.
#include <algorithm>
#include <charconv>

#include "keeper/keeper.hpp"
#include "sys/clock.hpp"
#include "sys/process/pidfd.hpp"
#include "sys/process/process_facts.hpp"

namespace lastcall::keeper {

using namespace std::chrono_literals;

namespace {

constexpr time between_stops = 50ms;
constexpr time to_quit = 2s;       ///< for the agent, after `stopped`
constexpr time to_end_agent = 1s;  ///< between its SIGTERM and SIGKILL
constexpr time extend_by = 15s;    ///< what systemd is told that a stop may still need
constexpr auto longest_extension = 24h;
constexpr time killed_by_now = 5s;  ///< after SIGKILL: what does not end then never will

}  // namespace

void keeper::begin_stop(const sys::signal_letter& from) {
    stop_ = stage::stopping;
    stop_stage_ = 0;
    const time grace = plan_grace_ > 0s ? plan_grace_ : what_.grace.value_or(default_grace);
    stop_kill_at_ = sys::monotonic_now() + grace;
    sys::short_text<512> command;
    if (from.sender_pid > 0) {
        sys::read_command(from.sender_pid, command);
    }
    stopping_ = message("stopping");
    stopping_->add("signal", from.number)
        .add("pid", from.sender_pid)
        .add("uid", static_cast<std::int64_t>(from.sender_uid))
        .add("command", from.from_kernel ? "terminal" : command.view())
        .add("grace_ms", std::chrono::duration_cast<std::chrono::milliseconds>(grace).count());
    tell(*stopping_);
    if (manager_) {
        using std::chrono::microseconds;
        const auto needed = std::chrono::duration_cast<microseconds>(grace + extend_by).count();
        manager_.send("STOPPING=1\nSTATUS=Stopping the services\nEXTEND_TIMEOUT_USEC=" +
                      std::to_string(needed));
    }
    next_stage();
}

/// The services of a stage. Those that no stage names are of the first: they were started
/// after the plan was made, and nobody that is in it knows them.
std::set<std::string> keeper::services_of_stage(std::size_t number) const {
    std::set<std::string> names;
    if (number < plan_.size()) {
        names = plan_[number];
    }
    if (number == 0) {
        for (const auto& one : services_) {
            if (std::ranges::none_of(plan_,
                                     [&](const auto& of) { return of.contains(one.first); })) {
                names.insert(one.first);
            }
        }
    }
    return names;
}

void keeper::send_stop(generation& one, time now) {
    if (one.lives() && one.stops_sent < one.stops_wanted && now >= one.next_stop) {
        ++one.stops_sent;
        one.next_stop = now + between_stops;
        sys::signal_process(one.handle.get(), one.pid, SIGTERM);
    }
}

void keeper::stop_generation(generation& one) {
    ++one.stops_wanted;
    send_stop(one, sys::monotonic_now());
}

/// A service needs longer for its stop: so do we, where somebody who could kill us is told.
/// After a second signal there is no more time.
void keeper::extend_stop(std::string_view text) {
    using std::chrono::microseconds;
    std::int64_t wanted = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), wanted);
    if (stop_ != stage::stopping || stop_is_hurried_ || !manager_ || error != std::errc{} ||
        wanted <= 0 || microseconds(wanted) > longest_extension) {
        return;
    }
    const time until = sys::monotonic_now() + microseconds(wanted);
    if (until > stop_kill_at_) {
        const auto all = std::chrono::duration_cast<microseconds>(microseconds(wanted) + extend_by);
        manager_.send("EXTEND_TIMEOUT_USEC=" + std::to_string(all.count()));
        stop_kill_at_ = until;
    }
}

/// Signals the next stage that has somebody in it. A stage is over when all of it has ended.
void keeper::next_stage() {
    while (stop_ == stage::stopping) {
        bool waits = false;
        const auto names = services_of_stage(stop_stage_);
        for_each_generation([&](generation& one) {
            if (one.lives() && (stop_is_hurried_ || names.contains(one.service))) {
                if (one.stops_wanted == 0) {
                    stop_generation(one);
                }
                waits = true;
            }
        });
        if (waits) {
            return;
        }
        if (++stop_stage_ >= std::max<std::size_t>(plan_.size(), 1)) {
            stop_ = stage::stopped;
            tell(message("stopped").add("clean", stop_was_unclean_ ? 0 : 1));
            quit_by_ = sys::monotonic_now() + to_quit;
        }
    }
}

/// A second signal: no order any more, and less time for each; a third kills.
void keeper::hurry() {
    stop_is_hurried_ = true;
    for_each_generation([&](generation& one) { stop_generation(one); });
    if (stop_ == stage::stopped) {
        quit_by_ = sys::monotonic_now();
    }
}

void keeper::finish_stop(time now) {
    if (stop_ == stage::stopping) {
        for_each_generation([&](generation& one) { send_stop(one, now); });
        if (now >= stop_kill_at_) {
            stop_kill_at_ = now + killed_by_now;
            for_each_generation([&](generation& one) {
                if (one.lives()) {
                    kill_tree(one);
                }
            });
        }
        next_stage();
    }
    if (stop_ == stage::stopped && (now >= *quit_by_ || agent_.pid() == 0)) {
        stop_ = stage::ending;
        agent_.finish(now + to_end_agent);
        quit_by_.reset();
    }
    if (stop_ == stage::ending && agent_.pid() == 0) {
        exit_status_ = stop_was_unclean_ ? status_unclean : status_stopped;
        is_finished_ = true;
    }
}

}  // namespace lastcall::keeper

#include "keeper/agent_process.hpp"

#include <algorithm>
#include <array>

#include "sys/error_text.hpp"
#include "sys/process/pidfd.hpp"
#include "sys/process/service_start.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::keeper {

using namespace std::chrono_literals;

namespace {

constexpr time first_wait = 100ms;
constexpr time longest_wait = 5s;
constexpr time steady = 10s;  ///< having run for so long, it is started again at once
constexpr time to_end = 5s;
constexpr time to_prove_itself = 10s;
constexpr int channel_number = 3;  ///< in the agent

std::string in_words(const sys::child_end& how) {
    if (how.killed) {
        return "was killed by " + std::string(sys::signal_name(how.status));
    }
    return "exited with status " + std::to_string(how.status);
}

}  // namespace

agent_process::agent_process(std::vector<std::string> argv, std::vector<std::string> environment)
    : argv_(std::move(argv)), environment_(std::move(environment)) {
    // What the manager of services has given is the keeper's: the agent is ready long before they
    // are.
    constexpr std::array not_for_it{
        "LASTCALL_KEEPER_FD=", "NOTIFY_SOCKET=", "WATCHDOG_USEC=", "WATCHDOG_PID=",
        "LISTEN_FDS=",         "LISTEN_PID=",    "LISTEN_FDNAMES="};
    std::erase_if(environment_, [&](const std::string& one) {
        return std::ranges::any_of(not_for_it,
                                   [&](const char* name) { return one.starts_with(name); });
    });
    environment_.push_back("LASTCALL_KEEPER_FD=" + std::to_string(channel_number));
}

void agent_process::take_over(int pid, sys::unique_fd channel, time now) {
    pid_ = pid;
    handle_ = sys::open_process(pid);
    channel_ = sys::message_channel(std::move(channel));
    started_ = now;
    start_at_.reset();
}

std::string agent_process::start(time now, const sys::signal_inbox& signals) {
    start_at_.reset();
    auto ends = sys::make_channel();
    sys::service_start what;
    what.argv = argv_;
    what.program = program_.get();
    what.uses_path = true;
    what.environment = environment_;
    what.keeps = {ends.theirs.get()};
    auto made = sys::start_service(what, signals);
    if (made.error != 0) {
        wait_ = std::clamp(wait_ * 2, first_wait, longest_wait);
        start_at_ = now + wait_;
        return std::string("cannot start the agent: ") + sys::error_text(made.error);
    }
    pid_ = made.pid;
    handle_ = std::move(made.handle);
    channel_ = sys::message_channel(std::move(ends.ours));
    started_ = now;
    kill_at_.reset();
    if (former_) {
        alive_by_ = now + to_prove_itself;
    }
    return {};
}

void agent_process::ask_to_end(time kill_at) {
    if (pid_ != 0 && !kill_at_) {
        sys::signal_process(handle_.get(), pid_, SIGTERM);
        kill_at_ = kill_at;
    }
}

void agent_process::replace(std::vector<std::string> argv, time now) {
    if (!former_) {
        former_ = former{argv_, pid_ != 0 ? sys::open_executable_of(pid_) : sys::unique_fd{}};
    }
    argv_ = std::move(argv);
    program_.reset();
    wait_ = time(0);
    if (pid_ == 0) {
        start_at_ = now;
    } else {
        ask_to_end(now + to_end);
    }
}

void agent_process::says_alive() noexcept {
    former_.reset();
    alive_by_.reset();
}

std::string agent_process::turn(time now, const sys::signal_inbox& signals) {
    if (kill_at_ && now >= *kill_at_) {
        kill_at_.reset();
        sys::signal_process(handle_.get(), pid_, SIGKILL);
    }
    if (alive_by_ && now >= *alive_by_) {
        alive_by_.reset();
        if (pid_ != 0) {
            sys::signal_process(handle_.get(), pid_, SIGKILL);
        }
        was_late_ = true;
    }
    if (start_at_ && now >= *start_at_ && !is_over_) {
        return start(now, signals);
    }
    return {};
}

std::optional<time> agent_process::next_wake() const noexcept {
    std::optional<time> next;
    for (const auto& one : {is_over_ ? std::nullopt : start_at_, kill_at_, alive_by_}) {
        if (one && (!next || *one < *next)) {
            next = one;
        }
    }
    return next;
}

std::string agent_process::ended(const sys::child_end& how, time now) {
    const bool was_asked = kill_at_.has_value();
    pid_ = 0;
    handle_.reset();
    channel_.close();
    kill_at_.reset();
    if (is_over_) {
        return {};
    }
    if (former_ && alive_by_ == std::nullopt && was_asked) {
        start_at_ = now;  // the old one has made room for the new one
        return {};
    }
    if (former_) {
        alive_by_.reset();
        argv_ = std::move(former_->argv);
        program_ = std::move(former_->program);
        former_.reset();
        start_at_ = now;
        refusal_ = "the new agent " +
                   (was_late_ ? "did not say that it is alive within 10s" : in_words(how)) +
                   (was_late_ ? "" : " before it was alive");
        was_late_ = false;
        return refusal_ + "; the old one comes back";
    }
    // At once, then after 100 ms, 200 ms, ...
    wait_ = now - started_ >= steady ? time(0) : wait_;
    start_at_ = now + wait_;
    wait_ = wait_ == time(0) ? first_wait : std::min(wait_ * 2, longest_wait);
    return "the agent " + in_words(how) + "; services go on, it is started again";
}

void agent_process::lost_channel(time now) {
    channel_.close();
    ask_to_end(now + to_end);
}

void agent_process::finish(time kill_at) {
    is_over_ = true;
    ask_to_end(kill_at);
}

}  // namespace lastcall::keeper

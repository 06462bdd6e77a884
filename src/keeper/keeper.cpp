#include "keeper/keeper.hpp"

#include <algorithm>

#include "keeper/places.hpp"
#include "sys/clock.hpp"
#include "sys/output.hpp"
#include "sys/process/launch.hpp"
#include "sys/process/pidfd.hpp"
#include "sys/process/process.hpp"

namespace lastcall::keeper {

using namespace std::chrono_literals;

namespace {

constexpr int standard_error = 2;
constexpr int signals_at_once = 64;
constexpr int children_at_once = 256;
constexpr int messages_at_once = 64;
constexpr time again_to_the_disk = 200ms;
constexpr time again_to_the_manager = 100ms;

std::optional<time> earlier(std::optional<time> a, std::optional<time> b) {
    return a && b ? std::min(*a, *b) : (a ? a : b);
}

std::string value_of(const std::vector<std::string>& environment, std::string_view name) {
    for (const auto& one : environment) {
        if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=') {
            return one.substr(name.size() + 1);
        }
    }
    return {};
}

}  // namespace

keeper::keeper(options what, std::vector<std::string> environment)
    : what_(std::move(what)),
      environment_(std::move(environment)),
      agent_(what_.agent, environment_) {
    const std::string manager = value_of(environment_, "NOTIFY_SOCKET");
    if (!manager.empty() &&
        sys::datagram_outbox::judge(manager) == sys::datagram_outbox::kind_of_name::good) {
        manager_.open(manager);
    }
}

int keeper::run() {
    if (!take_office()) {
        return status_failed;
    }
    while (!is_finished_) {
        turn();
    }
    leave_to_store();
    return exit_status_;
}

bool keeper::take_office() {
    if (!signals_) {
        say("cannot read signals: no descriptor or no memory left");
        return false;
    }
    if (what_.state_fd >= 0) {
        return resume();
    }
    for (const auto& text : store_.take(environment_)) {
        say(text);
    }
    if (auto memory = sys::lasting_text::make()) {
        live_.push_back(std::move(memory));
    }
    boot_id_ = sys::boot_id();
    started_ns_ = sys::boottime_now().count();
    if (sys::current_process_id() != 1 && !sys::become_subreaper()) {
        say("the kernel refuses PR_SET_CHILD_SUBREAPER: what outlives a lastcall-init that was "
            "killed will not be found");
    }
    return true;
}

void keeper::say(const std::string& text) const {
    if (!text.empty()) {
        sys::write_without_waiting(standard_error, "lastcall-keeper: " + text + "\n");
    }
}

std::optional<time> keeper::next_wake() const {
    if (children_changed_) {
        return time(0);
    }
    auto next = earlier(agent_.next_wake(), quit_by_);
    if (upgrade_) {
        next = earlier(next, upgrade_->until);
    }
    if (stop_ == stage::stopping) {
        next = earlier(next, stop_kill_at_);
    }
    if (store_.is_behind()) {
        next = earlier(next, sys::monotonic_now() + again_to_the_manager);
    }
    for (const auto& [name, one] : services_) {
        for (const auto& [number, each] : one.generations) {
            next = earlier(next, each->lives() ? each->kill_at : std::nullopt);
            if (each->lives() && each->stops_sent < each->stops_wanted) {
                next = earlier(next, each->next_stop);
            }
            if (each->book && each->book->has_kept()) {
                next = earlier(next, sys::monotonic_now() + again_to_the_disk);
            }
        }
    }
    return next;
}

void keeper::turn() {
    poll_.clear();
    const auto signals = poll_.watch(signals_.fd());
    auto& channel = agent_.channel();
    const auto agent = poll_.watch(channel.fd(), true, channel.has_queued());
    struct places {
        generation* whose;
        std::size_t handle, start, log, notify, handover;
    };
    std::vector<places> all;
    for_each_generation([&](generation& one) {
        if (!one.lives() && !one.log) {
            return;
        }
        all.push_back({&one, poll_.watch(one.is_child ? -1 : one.handle.get()),
                       poll_.watch(one.start_report.get()), poll_.watch(one.log.get()),
                       poll_.watch(one.notify.fd()),
                       poll_.watch(one.installed ? one.installed->fd() : -1)});
    });
    poll_.wait(next_wake());

    if (poll_.is_ready(signals)) {
        take_signals();
    }
    for (const auto& one : all) {
        if (poll_.is_ready(one.handover)) {
            pass_handover(*one.whose);
        }
        if (poll_.is_ready(one.start) && !take_start(*one.whose)) {
            continue;
        }
        if (poll_.is_ready(one.log)) {
            pass_log(*one.whose, false);
        }
        if (poll_.is_ready(one.notify)) {
            pass_notify(*one.whose);
        }
        if (poll_.is_ready(one.handle) && one.whose->lives()) {
            generation_ended(*one.whose,
                             sys::end_of_stranger(one.whose->handle.get(), one.whose->pid));
        }
    }
    if (children_changed_) {
        take_children();
    }
    // Last: what it asks may make generations come and go.
    if (poll_.is_ready(agent)) {
        take_agent();
    }
    take_time(sys::monotonic_now());
    save_state();
}

void keeper::take_signals() {
    sys::signal_letter letter;
    for (int taken = 0; taken < signals_at_once && signals_.take(letter); ++taken) {
        switch (letter.number) {
            case SIGCHLD:
                children_changed_ = true;
                break;
            case SIGTERM:
            case SIGINT:
            case SIGQUIT:
                if (stop_ == stage::none) {
                    begin_stop(letter);
                } else {
                    hurry();
                }
                break;
            default:  // SIGHUP of a terminal that is gone, SIGPIPE: services go on
                break;
        }
    }
}

void keeper::take_children() {
    children_changed_ = false;
    for (int taken = 0; taken < children_at_once; ++taken) {
        const auto how = sys::take_ended_child();
        if (!how) {
            return;
        }
        child_ended(*how);
    }
    children_changed_ = true;
}

void keeper::take_time(time now) {
    say(agent_.turn(now, signals_));
    if (upgrade_ && now >= upgrade_->until) {
        sys::signal_process(upgrade_->handle.get(), upgrade_->trial, SIGKILL);
        upgrade_->until = time::max();
    }
    for_each_generation([&](generation& one) {
        if (one.lives() && one.kill_at && now >= *one.kill_at) {
            one.kill_at.reset();
            kill_tree(one);
        }
        if (one.book && one.book->has_kept()) {
            one.book->flush();
        }
    });
    count_dropped();
    if (store_.is_behind()) {
        put_into_store();
    }
    if (stop_ != stage::none) {
        finish_stop(now);
    }
}

void keeper::take_agent() {
    auto& channel = agent_.channel();
    bool is_lost = !channel.flush();
    for (int taken = 0; taken < messages_at_once && !is_lost; ++taken) {
        auto got = channel.receive();
        using kind = sys::message_channel::received::kind;
        if (got.what == kind::none) {
            return;
        }
        if (got.what == kind::closed) {
            is_lost = true;
        } else if (got.what == kind::malformed) {
            tell(message("failed")
                     .add("error", EMSGSIZE)
                     .add("why", "a message is too large, or not in a sealed memfd"));
        } else {
            take_request(got.text, got.descriptors);
        }
    }
    if (is_lost) {
        agent_.lost_channel(sys::monotonic_now());
    }
}

/// What is told is in the state first: whoever has heard it finds it there, even if we are
/// killed right now.
void keeper::tell(const message& what, const std::vector<int>& given) {
    save_state();
    if (agent_.channel() && !agent_.channel().send(what.encode(), given)) {
        agent_.lost_channel(sys::monotonic_now());
    }
}

}  // namespace lastcall::keeper

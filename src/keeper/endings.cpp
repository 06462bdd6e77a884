// What has ended: generations, the agent, and processes that nobody else waits for.
#include <array>
#include <cerrno>

#include "keeper/keeper.hpp"
#include "keeper/places.hpp"
#include "sys/clock.hpp"
#include "sys/process/pidfd.hpp"
#include "sys/process/process.hpp"
#include "sys/process/process_signals.hpp"
#include "sys/process/process_table.hpp"
#include "sys/sealed_memory.hpp"
#include "sys/socket/relay.hpp"
#include "sys/socket/reuseport.hpp"

namespace lastcall::keeper {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t longest_report = 64U << 10U;
/// For handshakes that are under way: the retries of a SYN-ACK that was lost.
constexpr auto relay_window = 3s;
constexpr time to_kill = 200ms;  ///< for the walks; who forks faster is caught by the next

}  // namespace

void keeper::child_ended(const sys::child_end& how) {
    if (how.pid == agent_.pid()) {
        say(agent_.ended(how, sys::monotonic_now()));
        return;
    }
    if (upgrade_ && how.pid == upgrade_->trial) {
        trial_ended(how);
        return;
    }
    relays_.erase(how.pid);
    generation* found = nullptr;
    for_each_generation([&](generation& one) {
        if (one.pid == how.pid && one.is_child && one.lives()) {
            found = &one;
        }
    });
    if (found != nullptr) {
        if (found->start_report) {
            take_start_of_ended(*found, how);
        } else {
            generation_ended(*found, how);
        }
    }
}

/// It ended before its report was looked at: the report decides what it was.
void keeper::take_start_of_ended(generation& one, const sys::child_end& how) {
    const std::string service = one.service;
    const std::int64_t number = one.number;
    take_start(one);
    const auto of = services_.find(service);
    if (of != services_.end() && of->second.generations.contains(number)) {
        generation_ended(*of->second.generations.at(number), how);
    }
}

void keeper::generation_ended(generation& one, const sys::child_end& how) {
    changed_ = true;
    pass_log(one, true);
    if (one.notify.fd() >= 0) {
        pass_notify(one);
        one.notify.close();
    }
    ending& end = one.ended.emplace();
    end.how = how;
    end.at_ns = sys::boottime_now().count();
    end.last_line = sys::read_file(one.report.get(), longest_report);
    while (!end.last_line.empty() && end.last_line.back() == '\n') {
        end.last_line.pop_back();
    }
    one.report.reset();
    one.handle.reset();
    one.kill_at.reset();
    one.installed.reset();
    if (one.group) {
        end.oom_kills = one.group->read_number("memory.events", "oom_kill");
        one.group->kill();  // whoever is in it still has lost its lastcall-init
        one.group.reset();
    }
    if (how.killed && one.is_child) {
        end_orphans();
    }
    const auto killed = end.last_line.find("\"killed_count\":");
    const bool left_some = killed != std::string::npos &&
                           end.last_line.compare(killed, 17, "\"killed_count\":0,") != 0;
    stop_was_unclean_ = stop_was_unclean_ || (stop_ != stage::none && (left_some || how.killed));

    auto& of = services_.at(one.service);
    message told("exited");
    told.add("service", one.service).add("generation", one.number);
    add_ending(told, end);
    tell(told);
    if (one.slot >= 0 && stop_ == stage::none) {
        tell_ports(of, leave_places(of, one));
        care_for_slot(of, one.slot);
    } else if (one.slot >= 0 && one.slot == of.steered_slot && manager_) {
        revive(of, one.slot);  // connections wait for the next keeper's
    }
}

/// A lastcall-init that was killed leaves its service to us, without anybody to stop it. It
/// cannot be told whose it is any more: what no other generation claims is ended.
void keeper::end_orphans() {
    std::array<sys::process_entry, 64> children;
    const int self = sys::current_process_id();
    const auto found = sys::find_descendants(self, children, sys::monotonic_now() + to_kill);
    std::set<int> known{agent_.pid()};
    for (const auto& [pid, what] : relays_) {
        known.insert(pid);
    }
    known.insert(upgrade_ ? upgrade_->trial : 0);
    for_each_generation([&](generation& one) {
        if (one.lives()) {
            known.insert(one.pid);
        }
    });
    for (std::size_t i = 0; i < found.count; ++i) {
        const auto& child = children[i];
        if (child.depth == 0 && !child.is_dead() && !known.contains(child.pid)) {
            std::array<sys::killed_process, 1> listed;
            sys::kill_descendants(child.pid, listed, sys::monotonic_now() + to_kill);
            sys::send_signal_to(child, self, SIGKILL);
        }
    }
}

void keeper::kill_tree(generation& one) {
    one.was_killed = true;
    if (one.group) {
        one.group->kill();
        return;
    }
    std::array<sys::killed_process, 1> listed;
    sys::kill_descendants(one.pid, listed, sys::monotonic_now() + to_kill);
    sys::signal_process(one.handle.get(), one.pid, SIGKILL);
}

/// The generation at a slot has ended. If it is the one with the traffic, connections wait
/// for what comes next, even if the program has shut its socket down; else what is left in
/// its queue is for the other.
void keeper::care_for_slot(service& of, int slot) {
    if (slot != of.steered_slot) {
        if (of.living_at(of.steered_slot) != nullptr) {
            serve_leftovers(of, slot);
        }
        return;
    }
    revive(of, slot);
}

void keeper::revive(service& of, int slot) {
    for (auto& [name, listener] : of.sockets) {
        try {
            if (listener.fd(slot) >= 0) {
                listener.prepare(slot);
            }
        } catch (const sys::listener_error& problem) {
            say(of.name + ": " + problem.what());
        }
    }
}

void keeper::serve_leftovers(service& of, int slot) {
    for (auto& [name, listener] : of.sockets) {
        if (!sys::is_listening(listener.fd(slot)) || listener.steered() == slot) {
            continue;  // what waited at one that was shut down is gone
        }
        const auto left = listener.look(slot);
        if (left.is_known && left.waiting == 0 && left.handshakes == 0) {
            continue;
        }
        if (listener.migrate(slot) == 0) {
            continue;
        }
        // No right to it, or a unix socket.
        const int relay = sys::start_relay(listener.fd(slot), listener.where(), relay_window);
        if (relay > 0) {
            relays_.emplace(relay, relayed{of.name, slot});
        }
        tell(message("relayed")
                 .add("service", of.name)
                 .add("socket", name)
                 .add("waiting", static_cast<std::int64_t>(left.waiting))
                 .add("handshakes", static_cast<std::int64_t>(left.handshakes))
                 .add("pid", relay));
    }
}

/// Before connections come to the slot again: whoever has it now accepts them, and a relay that
/// did would connect to itself.
void keeper::end_relays(const service& of, int slot) {
    for (const auto& [pid, what] : relays_) {
        if (what.service == of.name && what.slot == slot) {
            sys::end_window(pid);
        }
    }
}

}  // namespace lastcall::keeper

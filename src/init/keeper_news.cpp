// What the service says of itself: ready, stopping, whose end is its end.
#include "init/keeper.hpp"
#include "init/message.hpp"
#include "sys/clock.hpp"
#include "sys/process/identity.hpp"
#include "sys/process/pidfd.hpp"
#include "sys/process/process.hpp"
#include "sys/process/process_facts.hpp"

namespace lastcall::init {

void keeper::take_news(const notify_news& news) noexcept {
    if (!news.complaint.empty()) {
        message() << news.complaint;
    }
    if (news.main_pid != 0) {
        take_main_pid(news.main_pid);
    }
    if (news.ready && record_.ready == time(0)) {
        if (what_.ready.how == readiness::kind::notify) {
            take_readiness(readiness_.on_notified());
        } else if (what_.ready.how == readiness::kind::none) {
            record_.ready = sys::monotonic_now();
        }
    }
    if (news.extend_by) {
        carry_out(machine_.extended(sys::monotonic_now(), *news.extend_by));
    }
}

void keeper::take_readiness(readiness_check::state state) noexcept {
    const time now = sys::monotonic_now();
    if (state == readiness_check::state::ready && record_.ready == time(0)) {
        record_.ready = now;
        notify_.tell_ready();
        if (what_.verbosity > 1) {
            message() << "ready after " << now - record_.started;
        }
    } else if (state == readiness_check::state::failed && !machine_.is_stopping()) {
        message() << "not ready within " << what_.ready.timeout
                  << " (last try: " << readiness_.last() << "); stopping";
        begin_stop(core::keeper_cause::ready_timeout);
    }
}

/// MAINPID=: another of our processes is the service from now on (a daemon that forks and
/// lets its first process exit). sd_notify(3).
void keeper::take_main_pid(int pid) noexcept {
    if (pid == record_.main_pid || !main_unreaped_) {
        return;
    }
    sys::unique_fd handle = sys::open_process(pid);
    if (!handle) {
        return;  // it is gone already
    }
    main_.handle = std::move(handle);
    main_is_adopted_ = true;
    main_is_stopped_ = false;
    record_.main_pid = pid;
    record_.main_command.clear();
    sys::short_text<512> command;
    sys::read_command(pid, command);
    record_.main_command << command.view();
}

/// Its parent, another of our descendants, reaps it: its status is not for us to see.
void keeper::adopted_main_ended() noexcept {
    main_is_adopted_ = false;
    if (sys::parent_of(record_.main_pid) == sys::current_process_id()) {
        children_changed_ = true;  // it was left to us, and is ours to reap
        return;
    }
    main_ended({sys::child_change::kind::exited, record_.main_pid, 0});
    children_changed_ = true;
}

}  // namespace lastcall::init

#include "drill/sequence/stop_runner.hpp"

#include <algorithm>
#include <stdexcept>

#include "drill/sequence/stop_run.hpp"
#include "drill/subject/command_result.hpp"
#include "sys/process/process.hpp"

namespace lastcall::drill {
namespace {

constexpr auto turn = std::chrono::milliseconds(5);
/// A look at every process of the subject costs more than one at its main process.
constexpr auto between_counts = std::chrono::milliseconds(20);

/// A command that is the stop or the change itself; a hook beside it may fail.
bool is_event(std::string_view note) noexcept {
    return note.starts_with("event") || note.starts_with("stop command");
}

}  // namespace

stop_run::stop_run(const sequence_plan& plan, subject& who, load_hooks& load, stop_watch& watch,
                   const stop_control& control, trial_record& into)
    : plan_(plan),
      who_(who),
      load_(load),
      watch_(watch),
      control_(control),
      into_(into),
      own_stop_(who.own_stop(plan.grace)),
      machine_(make_stop_machine(plan, own_stop_)) {}

void stop_run::run() {
    refuse_the_dead();
    for (const auto& text : who_.notes()) {
        say(text);
    }
    main_pid_ = who_.main_pid();
    watch_.look_at_files(who_);
    if (plan_.kind == sequence_kind::kubernetes) {
        set_mark(mark::deleted, clock::now());
    }
    tell({.what = happening::kind::begun, .now = now()});
    while (!machine_->is_over()) {
        if (control_.stop_asked != nullptr && *control_.stop_asked) {
            give_up();
            break;
        }
        wait();
        look();
        if (control_.turned) {
            control_.turned();
        }
    }
    finish();
}

void stop_run::refuse_the_dead() {
    who_.wait(clock::now());
    if (!who_.exit()) {
        return;
    }
    std::string text = who_.name() + " ended before it was to be stopped";
    for (const auto& line : who_.last_lines()) {
        text += "\n  " + line;
    }
    throw std::runtime_error(text);
}

void stop_run::wait() {
    auto until = clock::now() + turn;
    if (const auto at = machine_->deadline()) {
        until = std::min(until, moment(*at));
    }
    // Once it has ended there is nothing to be woken by.
    if (who_.wait(has_ended_ ? clock::now() : until) && has_ended_) {
        sys::sleep_until(until);
    }
}

void stop_run::look() {
    if (const auto ended = command_.poll()) {
        say(ended->text);
        if (ended->status != 0 && is_event(ended->text)) {
            into_.problem = ended->text + "; it has to succeed, else nothing was tried";
        }
        tell({.what = happening::kind::command_ended, .now = now(), .status = ended->status});
    }
    const auto news = who_.take_news();
    if (news.stopping && !said_stopping_) {
        said_stopping_ = true;
        say("STOPPING=1 was said " + after_strike());
    }
    if (news.extend > std::chrono::nanoseconds(0)) {
        say("EXTEND_TIMEOUT_USEC asked for " + in_words(news.extend));
        tell({.what = happening::kind::extended, .now = now(), .extend = news.extend});
    }
    look_at_exit();
    explain_when_due();
    if (const auto at = machine_->deadline(); at && *at <= now()) {
        tell({.what = happening::kind::time_passed, .now = now()});
    }
}

void stop_run::look_at_exit() {
    if (!has_ended_ && who_.exit_ns() != 0) {
        has_ended_ = true;
        const moment when{std::chrono::nanoseconds(who_.exit_ns())};
        watch_.exited(when);
        set_mark(mark::exited, when);
        count();
        tell(
            {.what = happening::kind::main_ended, .now = std::chrono::nanoseconds(who_.exit_ns())});
    } else if (has_ended_ && clock::now() >= next_count_) {
        count();
    }
}

void stop_run::count() {
    next_count_ = clock::now() + between_counts;
    if (!all_ended_ && who_.processes().empty()) {
        all_ended_ = true;
        tell({.what = happening::kind::all_ended, .now = now()});
    }
}

void stop_run::tell(const happening& what) {
    for (auto& one : machine_->tell(what)) {
        carry_out(one);
    }
}

void stop_run::give_up() {
    into_.is_interrupted = true;
    if (control_.giving_up) {
        control_.giving_up();
    }
    if (who_.is_ours()) {
        say("interrupted: what the drill had started was killed");
        gave_up_ = !has_ended_;
        who_.signal_all(sigkill);
        who_.wait(clock::now() + std::chrono::seconds(2));
    } else {
        say("interrupted: the stop that was begun goes on without the drill");
    }
}

void stop_run::finish() {
    if (command_.is_running() && !plan_.event.empty() && !into_.is_interrupted) {
        into_.problem = "the event `" + in_words(plan_.event) +
                        "` was still running when the drill ended; give it more time (--grace, "
                        "--settle)";
    }
    command_.clear();
    if (struck_ == moment() && has_ended_) {
        const auto since = into_.marks[mark::pre_stop_begun];
        set_mark(mark::signal_sent, moment(std::chrono::nanoseconds(since)));
    }
    if (gave_up_) {
        return;  // how it ended is our doing
    }
    wait_for_the_reaper();
    if (const auto exit = who_.exit()) {
        into_.exit = *exit;
        judge_platform_kill();
        into_.exit.killed_by_us = killed_by_us_;
    }
}

/// How a process ended that is not our child the kernel tells once its parent knows.
void stop_run::wait_for_the_reaper() {
    const auto until = clock::now() + std::chrono::milliseconds(200);
    while (has_ended_ && !who_.exit()->known && clock::now() < until) {
        sys::sleep_until(clock::now() + turn);
        who_.wait(clock::now());
    }
}

/// Its platform does not tell that it took SIGKILL, but the signal and the time do.
void stop_run::judge_platform_kill() {
    if (own_stop_.empty() || killed_by_us_ || struck_ == moment()) {
        return;
    }
    const auto took = std::chrono::nanoseconds(who_.exit_ns()) - struck_.time_since_epoch();
    const bool is_killed = into_.exit.signal == sigkill;
    if (is_killed && took + std::chrono::milliseconds(200) >= plan_.grace) {
        killed_by_us_ = true;
        set_mark(mark::killed, moment(std::chrono::nanoseconds(who_.exit_ns())));
        say("its platform ended it by SIGKILL at the end of the grace");
    }
}

void stop_run::set_mark(mark which, moment when) {
    if (into_.marks[which] != 0) {
        return;
    }
    into_.marks.set(which, nanoseconds(when));
    if (control_.marked) {
        control_.marked(which, into_.marks[which]);
    }
}

void stop_run::say(const std::string& text) {
    into_.notes.push_back(text);
    if (control_.note) {
        control_.note(text);
    }
}

std::string stop_run::after_strike() const {
    return struck_ == moment() ? "before the signal"
                               : in_words(clock::now() - struck_) + " after the signal";
}

void run_stop(const sequence_plan& plan, subject& who, load_hooks& load, stop_watch& watch,
              const stop_control& control, trial_record& into) {
    stop_run(plan, who, load, watch, control, into).run();
}

}  // namespace lastcall::drill

// L38, and what stacks tell about other findings: only where they were taken.
#include <algorithm>
#include <array>

#include "doctor/rules/rules.hpp"

namespace lastcall::doctor {
namespace {

using frames = std::vector<sys::stack_frame>;

/// Functions that take one lock, in one word; each between blanks.
struct lock_family {
    std::string_view name;
    std::string_view functions;
};
constexpr std::array families{
    lock_family{"malloc", " malloc free calloc realloc memalign posix_memalign aligned_alloc "},
    lock_family{"stdio",
                " printf fprintf vprintf vfprintf dprintf puts fputs fwrite fputc putc "
                "putchar fflush fclose printf_chk fprintf_chk vfprintf_chk "},
    lock_family{"syslog", " syslog vsyslog syslog_chk openlog closelog "},
    lock_family{"a mutex",
                " pthread_mutex_lock pthread_mutex_timedlock pthread_rwlock_wrlock "
                "pthread_rwlock_rdlock "},
    lock_family{"the time zone", " localtime localtime_r mktime strftime tzset "},
    lock_family{"exit", " exit "},
};

/// "malloc" of "__libc_malloc", "puts" of "_IO_puts".
std::string_view plain_name(std::string_view name) {
    for (const std::string_view prefix : {"___", "__", "_", "libc_", "IO_", "GI_"}) {
        if (name.starts_with(prefix)) {
            name.remove_prefix(prefix.size());
        }
    }
    return name.substr(0, name.find('@'));
}

/// Null: it takes none that is known.
const lock_family* family_of(const sys::stack_frame& one) {
    const std::string word = " " + std::string(plain_name(one.function)) + " ";
    const auto found = std::find_if(families.begin(), families.end(), [&](const lock_family& each) {
        return word.size() > 2 && each.functions.find(word) != each.functions.npos;
    });
    return found == families.end() ? nullptr : &*found;
}

/// The innermost frame of these that takes a lock. Null: none does.
const sys::stack_frame* lock_in(frames::const_iterator begin, frames::const_iterator end) {
    const auto found =
        std::find_if(begin, end, [](const auto& one) { return family_of(one) != nullptr; });
    return found == end ? nullptr : &*found;
}

std::string name_of(const sys::stack_frame& one) {
    return one.is_signal           ? "(signal)"
           : !one.function.empty() ? one.function
           : one.module.empty()    ? "?"
                                   : "? of " + one.module;
}

/// "read < read_line < main": who was called by whom.
std::string text_of(const frames& all) {
    constexpr std::size_t shown_at_most = 12;
    std::string made;
    for (std::size_t i = 0; i < all.size() && i < shown_at_most; ++i) {
        made += (i == 0 ? "" : " < ") + name_of(all[i]);
    }
    return made + (all.size() > shown_at_most ? " < ..." : "");
}

const thread_stack* stack_of(const seen_process& of, int thread) {
    const auto found = std::find_if(of.stacks.begin(), of.stacks.end(),
                                    [&](const auto& one) { return one.thread == thread; });
    return found == of.stacks.end() ? nullptr : &*found;
}

evidence stack_evidence(const thread_stack& one) {
    const auto stopped = std::chrono::duration_cast<std::chrono::microseconds>(one.stopped);
    return {"stack of thread " + std::to_string(one.thread) + ", stopped for it for " +
                std::to_string(stopped.count()) + " us",
            text_of(one.frames)};
}

const sys::thread_facts* thread_of(const seen_process& of, int id) {
    const auto& all = of.threads.threads;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id == id; });
    return found == all.end() ? nullptr : &*found;
}

/// It waited for the same lock at both looks.
bool waits_for_lock(const seen_process* before, const seen_process& now, int thread) {
    const auto* b = thread_of(now, thread);
    const auto* a = before == nullptr ? nullptr : thread_of(*before, thread);
    return a != nullptr && b != nullptr && b->call_name == "futex" && a->call == b->call &&
           a->call_arguments == b->call_arguments && a->ticks == b->ticks;
}

/// L38: the handler waits for what it has interrupted.
void judge_handler(const rule_case& one, const seen_process& now, const thread_stack& stack,
                   findings& into) {
    const auto& all = stack.frames;
    const auto signal =
        std::find_if(all.begin(), all.end(), [](const auto& each) { return each.is_signal; });
    const auto* wanted = lock_in(all.begin(), signal);
    if (signal == all.end() || wanted == nullptr ||
        !waits_for_lock(one.of.before(now.pid()), now, stack.thread)) {
        return;
    }
    const auto* held = lock_in(signal + 1, all.end());
    const bool is_same = held != nullptr && family_of(*held) == family_of(*wanted);
    into.push_back({.rule = "L38",
                    .pid = now.pid(),
                    .sure = is_same ? core::confidence::likely : core::confidence::hint,
                    .what = "a signal handler waits in " + name_of(*wanted) + " for the lock of " +
                            std::string(family_of(*wanted)->name) +
                            (is_same ? ", which " + name_of(*held) +
                                           " had when the signal interrupted it: neither goes on"
                                     : ": if what it has interrupted has it, neither goes on"),
                    .fix = "let the handler set a flag or write to an eventfd only: "
                           "signal-safety(7)",
                    .by = {stack_evidence(stack)}});
}

}  // namespace

void judge_stacks(const rule_case& one, findings& into) {
    for (const auto& [pid, now] : one.of.second.processes) {
        for (const auto& stack : now.stacks) {
            judge_handler(one, now, stack, into);
        }
    }
}

void add_stacks(const seen& of, findings& all) {
    for (auto& each : all) {
        const auto* process = of.find(each.pid);
        const auto* stack = process == nullptr ? nullptr : stack_of(*process, each.thread);
        if (stack != nullptr && !stack->frames.empty()) {
            each.by.push_back(stack_evidence(*stack));
        }
    }
}

}  // namespace lastcall::doctor

#include "doctor/look/take_stacks.hpp"

#include <algorithm>
#include <array>

namespace lastcall::doctor {
namespace {

constexpr std::size_t threads_of_one_at_most = 64;
constexpr const char* rules_with_stacks = "L38, and evidence of L09, L35 to L37, L40";

/// Calls that end with EINTR when their thread was stopped, whatever it handles: signal(7).
bool is_cut_short(const sys::thread_facts& one) {
    constexpr std::array calls{std::string_view("rt_sigtimedwait"), std::string_view("semtimedop"),
                               std::string_view("msgrcv")};
    return waits_for_events(one) ||
           std::find(calls.begin(), calls.end(), one.call_name) != calls.end();
}

std::vector<int> threads_to_copy(const seen_process& of) {
    std::vector<int> made;
    for (const auto& one : of.threads.threads) {
        // What is stopped or sleeps beyond reach would not stop for us.
        const bool may_stop = one.state == 'S' || one.state == 'R';
        if (may_stop && !is_cut_short(one) && made.size() < threads_of_one_at_most) {
            made.push_back(one.id);
        }
    }
    return made;
}

}  // namespace

void take_stacks(seen& made) {
    for (const int pid : made.route) {
        const auto found = made.second.processes.find(pid);
        if (found == made.second.processes.end() || found->second.entry.is_dead()) {
            continue;
        }
        auto& process = found->second;
        const std::string what = "the stacks of pid " + std::to_string(pid);
        if (!process.threads.has_calls) {
            made.blind_spots.push_back(
                {what, "it may not be traced", "run it as root", rules_with_stacks});
            continue;
        }
        sys::unwinder unwind(pid);
        if (!unwind.problem().empty()) {
            made.blind_spots.push_back(
                {what, unwind.problem(), unwind.remedy(), rules_with_stacks});
            continue;
        }
        const auto copies = sys::copy_stacks(threads_to_copy(process));
        if (copies.refused != 0) {
            made.blind_spots.push_back({what, "somebody else traces it, or it may not be traced",
                                        "detach the debugger; run it as root", rules_with_stacks});
        }
        for (const auto& each : copies.all) {
            process.stacks.push_back({each.thread, unwind.frames_of(each), each.stopped});
        }
    }
}

}  // namespace lastcall::doctor

#include "drill/subject/explain.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "core/fixed_text.hpp"
#include "core/stop_cause.hpp"
#include "doctor/stop_evidence.hpp"
#include "sys/clock.hpp"
#include "sys/process/process.hpp"
#include "sys/process/process_table.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::drill {
namespace {

constexpr std::size_t processes_at_most = 40;
constexpr std::size_t children_looked_at = 4;
constexpr auto time_for_all = std::chrono::milliseconds(250);

/// A process in vfork(2), or in a short read from a disk, is in state D for a moment: only
/// what stays in it is stuck there.
bool read_settled(doctor::stop_evidence& evidence, int pid, const doctor::stop_question& question) {
    constexpr int looks = 4;
    constexpr auto between = std::chrono::milliseconds(5);
    for (int look = 1; evidence.read(pid, question); ++look) {
        if (evidence.facts().state != 'D' || look == looks) {
            return true;
        }
        sys::sleep_until(clock::now() + between);
    }
    return false;
}

}  // namespace

std::vector<explanation> explain(const std::vector<int>& pids, int main_pid, int signal,
                                 bool to_all) {
    std::vector<explanation> found;
    const auto begin = sys::monotonic_now();
    for (const int pid : pids) {
        const auto now = sys::monotonic_now();
        if (found.size() == processes_at_most || now - begin > time_for_all) {
            break;
        }
        std::array<sys::process_entry, 64> table;
        const auto below = sys::find_descendants(pid, table);
        std::array<int, children_looked_at> children{};
        std::size_t named = 0;
        std::size_t count = 0;
        for (std::size_t i = 0; i < below.count && table[i].depth == 0; ++i) {
            ++count;
            if (named < children.size()) {
                children[named++] = table[i].pid;
            }
        }
        doctor::stop_evidence evidence;
        if (!read_settled(evidence, pid,
                          {.stop_signal = signal,
                           .stop_signal_name = sys::signal_name(signal),
                           .until = now + time_for_all / 4,
                           .children = std::span(children).first(named),
                           .child_count = count})) {
            continue;
        }
        evidence.facts().was_signalled = to_all || pid == main_pid;
        const auto cause = core::why_not_stopped(evidence.facts());
        core::fixed_text<1000> why;
        core::fixed_text<1000> fix;
        core::write_cause(cause, evidence.facts(), why);
        core::write_fix(cause, evidence.facts(), fix);
        found.push_back(
            {.ns = now.count(),
             .pid = pid,
             .cause = std::string(to_string(cause.kind)),
             .rule = std::string(core::rule_of(cause, evidence.facts())),
             .why = std::string(evidence.facts().command) + ": " + std::string(why.view()),
             .fix = std::string(fix.view())});
    }
    return found;
}

std::vector<moment> moments_to_explain(const sequence_plan& plan, moment struck, moment deleted) {
    constexpr auto no_limit = std::chrono::hours(24);
    if (plan.is_lived_through() || plan.kind == sequence_kind::crash || plan.grace > no_limit) {
        return {};
    }
    // preStop has taken its part already; the kubelet grants two seconds at least.
    const auto left = plan.kind == sequence_kind::kubernetes
                          ? std::max<std::chrono::nanoseconds>(plan.grace - (struck - deleted),
                                                               std::chrono::seconds(2))
                          : plan.grace;
    std::vector<moment> moments;
    for (const int percent : {50, 75, 95}) {
        moments.push_back(struck + left * percent / 100);
    }
    return moments;
}

}  // namespace lastcall::drill

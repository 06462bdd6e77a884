// The rules over what was seen. A rule is a function of values: it reads nothing, so that a table
// can show it any process. One file for each group; add a rule there, and its title, reason and fix
// to src/lint/catalogue/process_rules.cpp.
//
// Where keeper and drill know a cause as well (core/stop_cause), the finding comes from there:
// shared_causes.cpp.
#pragma once

#include "doctor/look/seen.hpp"
#include "doctor/route/meaning.hpp"
#include "doctor/route/route.hpp"
#include "doctor/rules/finding.hpp"

namespace lastcall::doctor {

/// What the rules decide over.
struct rule_case {
    const seen& of;
    const std::vector<hop>& route;

    [[nodiscard]] const hop* hop_of(int pid) const;
    /// The signal comes to it, so what it makes of it matters.
    [[nodiscard]] bool is_reached(int pid) const;
    /// The signal ends it by default: whatever it does, the stop does not wait for it.
    [[nodiscard]] bool ends_at_once(int pid) const;
};

/// All findings, the most likely cause first, each rule once for a process.
[[nodiscard]] findings judge(const seen& of, const std::vector<hop>& route);

// The groups.
void judge_shared_causes(const rule_case& one, findings& into);
void judge_signals(const rule_case& one, findings& into);
void judge_shells(const rule_case& one, findings& into);
void judge_states(const rule_case& one, findings& into);
void judge_threads(const rule_case& one, findings& into);
void judge_stacks(const rule_case& one, findings& into);
void judge_sockets(const rule_case& one, findings& into);
void judge_times(const rule_case& one, findings& into);
void judge_platform(const rule_case& one, findings& into);
void judge_restarts(const rule_case& one, findings& into);

/// Evidence that many rules have.
[[nodiscard]] evidence signals_evidence(std::string_view field, int pid, std::uint64_t mask);
[[nodiscard]] evidence state_evidence(const seen_process& one);
[[nodiscard]] evidence script_evidence(const script_place& place);
/// "SIGHUP SIGTERM", of more than 8 the rest as a count; "none".
[[nodiscard]] std::string signals_text(std::uint64_t mask);

/// Adds the stacks of the threads that the findings are about, where they were taken.
void add_stacks(const seen& of, findings& all);

/// The process as core/stop_cause takes it. Lifetime: that of `of`.
[[nodiscard]] core::stop_facts facts_of(const seen& of, const seen_process& one, bool is_reached);

}  // namespace lastcall::doctor

#include "doctor/rules/rules.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "sys/signal/signal_names.hpp"

namespace lastcall::doctor {
namespace {

/// Two rules about one fact: the first says more, the second is left out.
struct precedence {
    std::string_view says_more;
    std::string_view left_out;
};
constexpr std::array precedences{
    precedence{"L04", "L03"}, precedence{"L18", "L14"}, precedence{"L18", "L15"},
    precedence{"L18", "L16"}, precedence{"L20", "L16"}, precedence{"L39", "L09"},
    precedence{"L37", "L09"}, precedence{"L44", "L09"}, precedence{"L43", "L09"},
    precedence{"L45", "L44"}, precedence{"L48", "L09"}, precedence{"L40", "L09"},
    precedence{"L35", "L42"}, precedence{"L36", "L42"}, precedence{"L36", "L09"},
    precedence{"L08", "L07"}, precedence{"L41", "L09"}, precedence{"L46", "L09"},
    precedence{"L27", "L26"}, precedence{"L38", "L09"}, precedence{"L38", "L37"},
    precedence{"L38", "L05"}, precedence{"L38", "L07"},
};

bool has_rule(const findings& all, std::string_view rule, int pid) {
    return std::any_of(all.begin(), all.end(),
                       [&](const finding& one) { return one.rule == rule && one.pid == pid; });
}

bool is_said_better(const findings& all, const finding& one) {
    constexpr std::array about_clients{std::string_view("L43"), std::string_view("L45"),
                                       std::string_view("L46")};
    if (one.rule == "L44" && one.sure == core::confidence::hint &&
        std::any_of(about_clients.begin(), about_clients.end(),
                    [&](std::string_view rule) { return has_rule(all, rule, one.pid); })) {
        return true;  // they were only counted
    }
    return std::any_of(precedences.begin(), precedences.end(), [&](const precedence& each) {
        return each.left_out == one.rule && has_rule(all, each.says_more, one.pid);
    });
}

}  // namespace

const hop* rule_case::hop_of(int pid) const {
    const auto found =
        std::find_if(route.begin(), route.end(), [&](const hop& one) { return one.pid == pid; });
    return found == route.end() ? nullptr : &*found;
}

bool rule_case::is_reached(int pid) const {
    const auto* one = hop_of(pid);
    return one != nullptr ? one->is_reached : of.platform.signals_all();
}

bool rule_case::ends_at_once(int pid) const {
    const auto* one = hop_of(pid);
    return one != nullptr && one->what == verdict::dies;
}

findings judge(const seen& of, const std::vector<hop>& route) {
    const rule_case one{of, route};
    findings all;
    for (const auto group :
         {judge_shared_causes, judge_signals, judge_shells, judge_states, judge_threads,
          judge_stacks, judge_sockets, judge_times, judge_platform, judge_restarts}) {
        group(one, all);
    }
    // proven before likely before a hint, and what blocks before what loses.
    std::stable_sort(all.begin(), all.end(), [](const finding& a, const finding& b) {
        return std::tuple(a.how, -static_cast<int>(a.sure)) <
               std::tuple(b.how, -static_cast<int>(b.sure));
    });
    findings kept;
    for (const auto& each : all) {
        if (!is_said_better(all, each) && !has_rule(kept, each.rule, each.pid)) {
            kept.push_back(each);
        }
    }
    add_stacks(of, kept);
    return kept;
}

std::string signals_text(std::uint64_t mask) {
    constexpr int shown_at_most = 8;
    std::string made;
    int count = 0;
    for (int number = 1; number <= 64; ++number) {
        if (!seen_process::has(mask, number)) {
            continue;
        }
        if (++count <= shown_at_most) {
            made += (made.empty() ? "" : " ") + std::string(sys::signal_name(number));
        }
    }
    if (count > shown_at_most) {
        made += " and " + std::to_string(count - shown_at_most) + " more";
    }
    return made.empty() ? "none" : made;
}

evidence signals_evidence(std::string_view field, int pid, std::uint64_t mask) {
    return {std::string(field) + " of pid " + std::to_string(pid), signals_text(mask)};
}

evidence state_evidence(const seen_process& one) {
    std::string value(1, one.entry.state);
    if (!one.call_name.empty()) {
        value += ", in " + std::string(one.call_name);
    }
    if (!one.wchan.empty()) {
        value += " (" + one.wchan + ")";
    }
    return {"state of pid " + std::to_string(one.pid()), value};
}

evidence script_evidence(const script_place& place) {
    return {place.file + ":" + std::to_string(place.line), place.text};
}

}  // namespace lastcall::doctor

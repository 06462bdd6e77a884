#include "lint/rules/shell/script_faults.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace lastcall::lint {

namespace {

void sort_once(std::vector<script_fault>& faults) {
    std::stable_sort(faults.begin(), faults.end(),
                     [](const script_fault& a, const script_fault& b) {
                         return std::tie(a.rule, a.where.begin, a.where.end) <
                                std::tie(b.rule, b.where.begin, b.where.end);
                     });
    // A function that is called twice is followed twice.
    const auto last = std::unique(faults.begin(), faults.end(), [](const auto& a, const auto& b) {
        return a.rule == b.rule && a.where == b.where;
    });
    faults.erase(last, faults.end());
}

}  // namespace

void add_fault(std::vector<script_fault>& into, std::string_view rule, const shell::step& at,
               std::string what, std::string fix, confidence sure) {
    into.push_back({rule, at.where, std::move(what), std::move(fix), sure, {}, nullptr});
}

std::vector<script_fault> faults_of(const script_case& given) {
    constexpr std::array<script_rule, 13> rules{
        find_shell_in_front, find_background_ends, find_untold_servers,       find_restart_loops,
        find_wrong_traps,    find_hasty_handlers,  find_inherited_ignores,    find_kills,
        find_platform_kills, find_short_limits,    find_short_cluster_limits, find_unwaited_stops,
        find_changed_files,
    };
    std::vector<script_fault> made;
    for (const script_rule rule : rules) {
        rule(given, made);
    }
    sort_once(made);
    return made;
}

std::vector<script_fault> limit_faults_of(const script_case& given) {
    std::vector<script_fault> made;
    find_short_limits(given, made);
    find_short_cluster_limits(given, made);
    std::erase_if(made, [](const script_fault& one) { return one.rule != "S20"; });
    sort_once(made);
    return made;
}

}  // namespace lastcall::lint

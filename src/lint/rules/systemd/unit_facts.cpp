#include "lint/launch/stop_time.hpp"
#include "lint/rules/stop_facts.hpp"
#include "lint/rules/systemd/unit_case.hpp"
#include "lint/unit/unit_values.hpp"

namespace lastcall::lint {

using std::chrono::milliseconds;

std::vector<stop_facts> unit_facts(const std::filesystem::path& path, std::string_view text) {
    file_report unused(path.string(), text);
    unit_case::reported_places none;
    std::vector<stop_facts> made;
    for (judged_unit& one : units_of(path)) {
        const unit_case given(std::move(one), path, unused, none);
        if (!given.view().has_section("Service")) {
            continue;
        }
        stop_facts& facts = made.emplace_back();
        facts.workload = given.of().name;
        if (const auto limit = given.stop_timeout()) {
            facts.grace = limit->value == no_limit
                              ? milliseconds::max()
                              : std::chrono::duration_cast<milliseconds>(limit->value);
        }
        if (!given.stops().empty()) {
            milliseconds sum{0};
            for (const unit_run& stop : given.stops()) {
                const auto least = least_wait(stop.chain);
                sum = least > milliseconds::max() - sum ? milliseconds::max() : sum + least;
            }
            facts.pre_stop = sum;
        }
        const auto* run = given.main_run();
        if (run == nullptr) {
            continue;
        }
        facts.at = run->at();
        if (const auto* hop = run->chain.program()) {
            facts.program = hop->call.name;
        }
        for (const needed_time& each : needed_times(run->chain, run->from().file->lines)) {
            facts.needs = std::max(facts.needs.value_or(each.limit), each.limit);
        }
    }
    return made;
}

}  // namespace lastcall::lint

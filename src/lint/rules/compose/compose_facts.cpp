#include "lint/launch/stop_time.hpp"
#include "lint/rules/compose/compose_case.hpp"
#include "lint/rules/stop_facts.hpp"

namespace lastcall::lint {
namespace {

std::optional<std::string> text_of(const compose_project& project, const compose_value& value) {
    const auto text = project.text(value);
    return text ? std::optional(text->text()) : std::nullopt;
}

std::optional<std::filesystem::path> context_of(const compose_project& project,
                                                const compose_service& of) {
    const auto build = of.get("build");
    const auto context = text_of(
        project, build.ref.is_map() ? compose_value{build.ref.get("context"), build.in} : build);
    return context ? std::optional(project.folder() / *context) : std::nullopt;
}

}  // namespace

std::vector<stop_facts> compose_facts(const std::filesystem::path& path, std::string_view text) {
    const compose_project project(path, text);
    file_report unused(path.string(), text);
    std::vector<stop_facts> made;
    for (const compose_service& one : project.services()) {
        const compose_case given(project, one, unused);
        stop_facts& facts = made.emplace_back();
        facts.workload = one.name;
        facts.at = one.name_in(project.judged());
        facts.image = text_of(project, one.get("image"));
        facts.build_context = context_of(project, one);
        facts.grace = given.grace();
        if (const auto* hop = given.chain().program()) {
            facts.program = hop->call.name;
        }
        for (const needed_time& each : needed_times(given.chain(), project.judged().yaml.lines)) {
            facts.needs = std::max(facts.needs.value_or(each.limit), each.limit);
        }
    }
    return made;
}

}  // namespace lastcall::lint

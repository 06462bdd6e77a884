// What platforms besides Kubernetes run: tasks of ECS, jobs of Nomad, machines of Fly (X11).
#include <algorithm>

#include "lint/conf/conf_time.hpp"
#include "lint/rules/conf/conf_case.hpp"
#include "lint/rules/kubernetes/container_words.hpp"
#include "lint/shell/signals.hpp"

namespace lastcall::lint {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t fargate_most = 120;
constexpr milliseconds ecs_default = seconds(30);
constexpr milliseconds nomad_default = seconds(5);
constexpr milliseconds fly_default = seconds(5);

void report_no_wait(const conf_case& given, place at, std::string_view who) {
    given.report
        .add("X11", at, std::string(who) + " kills the program at once after the stop signal")
        .sure = confidence::proven;
}

/// Of KEY = VALUE in HCL: the value. Null: not so simple.
const conf_word* hcl_value(const conf_item* one) {
    return one != nullptr && one->words.size() == 2 && one->words[0].text.text() == "="
               ? &one->words[1]
               : nullptr;
}

/// A piece of ["a", "b"], which stands on one line: without brackets, commas and quotes.
void add_list_word(const mapped_text& piece, std::vector<mapped_text>& into) {
    constexpr std::string_view marks = "[],\"=";
    const auto begin = piece.text().find_first_not_of(marks);
    if (begin != std::string::npos) {
        into.push_back(piece.part(begin, piece.text().find_last_not_of(marks) + 1 - begin));
    }
}

void check_kill_signal(const conf_case& given, std::string_view text, place at) {
    const auto name = shell::signal_name(text);
    if (name && (*name == "KILL" || *name == "STOP")) {
        given.report
            .add("X11", at,
                 "the program is stopped with SIG" + std::string(*name) +
                     ", on which it can do nothing")
            .sure = confidence::proven;
    }
}

void check_ecs_container(const conf_case& given, const yaml_ref& one, bool is_fargate) {
    const auto set = one.get("stopTimeout");
    const auto wait = set.integer();
    if (wait && *wait == 0) {
        report_no_wait(given, set.used_at(), "ECS");
        return;
    }
    if (wait && is_fargate && *wait > fargate_most) {
        given.report
            .add("X11", set.used_at(),
                 "Fargate gives a container 120 s at most, and refuses " + std::to_string(*wait) +
                     " s")
            .sure = confidence::proven;
    }
    if (set && !wait) {
        return;
    }
    std::vector<mapped_text> words;
    for (const std::string_view key : {"entryPoint", "command"}) {
        const auto part = known_words(one.get(key), one, given.text);
        words.insert(words.end(), part ? part->begin() : words.end(),
                     part ? part->end() : words.end());
    }
    const auto lines = std::make_shared<line_index>(given.yaml.lines);
    const auto chain = follow_launch(words, given.report.file(), lines,
                                     [](const std::string& /*path*/) { return nullptr; });
    check_stop_needs(given, chain, *lines,
                     {"X11", wait ? seconds(*wait) : ecs_default, "ECS", "stopTimeout"});
}

}  // namespace

void check_ecs_task(const conf_case& given) {
    for (const yaml_ref& root : roots(given.yaml)) {
        const auto kinds = root.get("requiresCompatibilities").items();
        const bool is_fargate = std::any_of(kinds.begin(), kinds.end(), [](const yaml_ref& one) {
            return one.text() == "FARGATE";
        });
        for (const yaml_ref& one : root.get("containerDefinitions").items()) {
            check_ecs_container(given, one, is_fargate);
        }
    }
}

void check_nomad_job(const conf_case& given) {
    for (const conf_item* task : given.file.all("task")) {
        if (!task->is_block || !given.file.is_within(*task, "job")) {
            continue;
        }
        const auto* set = hcl_value(given.file.last_in(task, "kill_timeout"));
        std::optional<milliseconds> wait;
        if (set != nullptr) {
            wait = conf_time(set->text.text(), milliseconds(0));
        }
        if (wait && wait->count() == 0 && set->is_quoted) {
            report_no_wait(given, set->at, "Nomad");
        }
        const auto* signal = hcl_value(given.file.last_in(task, "kill_signal"));
        if (signal != nullptr) {
            check_kill_signal(given, signal->text.text(), signal->at);
        }
        // The command line of exec and raw_exec; a container's image may have another one.
        const auto* config = given.file.last_in(task, "config");
        const auto* command =
            config == nullptr ? nullptr : hcl_value(given.file.last_in(config, "command"));
        const auto* args = config == nullptr ? nullptr : given.file.last_in(config, "args");
        const bool is_unset = given.file.last_in(task, "kill_timeout") == nullptr;
        if (command == nullptr || (!wait && !is_unset)) {
            continue;
        }
        std::vector<mapped_text> words{command->text};
        if (args != nullptr) {
            for (const conf_word& one : args->words) {
                add_list_word(one.text, words);
            }
        }
        const auto lines = std::make_shared<line_index>(given.file.lines);
        const auto chain = follow_launch(words, given.report.file(), lines,
                                         [](const std::string& /*path*/) { return nullptr; });
        check_stop_needs(given, chain, *lines,
                         {"X11", wait ? *wait : nomad_default, "Nomad", "kill_timeout"});
    }
}

void check_fly_conf(const conf_case& given) {
    const auto* set = given.file.last_in(nullptr, "kill_timeout");
    const auto wait = set == nullptr ? std::optional(fly_default) : conf_time(set->value());
    if (set != nullptr && wait && wait->count() == 0) {
        report_no_wait(given, conf_case::value_at(*set), "Fly");
    }
    const auto* signal = given.file.last_in(nullptr, "kill_signal");
    const std::string name(signal == nullptr ? "INT"
                                             : shell::signal_name(signal->value()).value_or(""));
    if (signal != nullptr) {
        check_kill_signal(given, signal->value(), conf_case::value_at(*signal));
    }
    const auto lines = std::make_shared<line_index>(given.file.lines);
    for (const conf_item* table : given.file.in(nullptr, "processes")) {
        for (const conf_item& one : given.file.items) {
            if (given.file.parent(one) != table || one.words.empty()) {
                continue;
            }
            const auto chain =
                follow_command(one.words.front().text, given.report.file(), lines, false);
            if (wait) {
                check_stop_needs(given, chain, *lines, {"X11", *wait, "Fly", "kill_timeout"});
            }
            std::string_view source;
            std::string_view best;
            const auto wrong = name.empty() || name == "KILL"
                                   ? std::string()
                                   : wrong_signal_words(chain, name, source, best);
            if (!wrong.empty()) {
                auto& made = given.report.add(
                    "X11", signal == nullptr ? one.at : conf_case::value_at(*signal),
                    wrong +
                        (signal == nullptr ? ", and Fly sends it where nothing else is said" : ""));
                made.source = source;
                made.fix = "kill_signal = \"SIG" + std::string(best) + "\"";
            }
        }
    }
}

}  // namespace lastcall::lint

// supervisord.conf: X08.
#include <algorithm>

#include "lint/conf/conf_time.hpp"
#include "lint/launch/staying_shell.hpp"
#include "lint/launch/stop_time.hpp"
#include "lint/rules/conf/conf_case.hpp"
#include "lint/shell/signals.hpp"

namespace lastcall::lint {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Where nothing is said: http://supervisord.org/configuration.html#program-x-section-values
constexpr std::string_view default_signal = "TERM";
constexpr milliseconds default_wait = seconds(10);

/// Where sh is a bash, it becomes a lone command by itself; where it is not is not known here.
constexpr base_image maybe_bash{"", "", "", "", "", "", shell_kind::bash, "", ""};

const base_image* image_for(const launch_hop& hop) {
    return hop.script != nullptr && is_lone_command(hop.script->parsed()) ? &maybe_bash : nullptr;
}

class supervised_program {
public:
    supervised_program(const conf_case& given, const conf_item& section)
        : given_(given), section_(section), lines_(std::make_shared<line_index>(given.file.lines)) {
        if (const auto* command = get("command"); command != nullptr && !command->words.empty()) {
            chain_ =
                follow_command(command->words.front().text, given.report.file(), lines_, false);
        }
    }

    void check() const {
        check_signal();
        check_shell();
        check_wait();
        check_uvicorn_command(given_.report, chain_, *lines_);
    }

private:
    [[nodiscard]] const conf_item* get(std::string_view name) const {
        return given_.file.last_in(&section_, name);
    }

    [[nodiscard]] bool is_on(std::string_view name) const {
        const auto* one = get(name);
        const auto value = lower(one == nullptr ? std::string_view() : one->value());
        return value == "true" || value == "1" || value == "yes" || value == "on" ||
               value.find('%') != std::string::npos;
    }

    void check_signal() const {
        const auto* set = get("stopsignal");
        const auto name = set == nullptr ? std::optional<std::string_view>(default_signal)
                                         : shell::signal_name(set->value());
        if (!name) {
            return;
        }
        if (*name == "KILL" || *name == "STOP") {
            given_.report
                .add("X08", conf_case::value_at(*set),
                     "supervisord stops the program with SIG" + std::string(*name) +
                         ", on which it can do nothing")
                .sure = confidence::proven;
            return;
        }
        std::string_view source;
        std::string_view best;
        const auto wrong = wrong_signal_words(chain_, *name, source, best);
        if (!wrong.empty()) {
            auto& made = given_.report.add(
                "X08", set != nullptr ? conf_case::value_at(*set) : get("command")->at, wrong);
            made.source = source;
            made.fix = "stopsignal=" + std::string(best);
        }
    }

    void check_shell() const {
        if (is_on("stopasgroup")) {
            return;
        }
        for (const launch_hop& hop : chain_.hops) {
            const auto* end = hop.is_inline ? staying_end(hop, image_for(hop)) : nullptr;
            if (end == nullptr) {
                continue;
            }
            given_.report.add("X08", get("command")->words.front().at,
                              "supervisord stops the shell, and what the shell has started goes on "
                              "without it");
            return;
        }
    }

    void check_wait() const {
        const auto* set = get("stopwaitsecs");
        const auto wait = set == nullptr ? default_wait : conf_time(set->value());
        if (!wait) {
            return;
        }
        if (*wait == milliseconds(0)) {
            given_.report
                .add("X08", conf_case::value_at(*set),
                     "supervisord sends SIGKILL at once after the stop signal")
                .sure = confidence::proven;
            return;
        }
        check_stop_needs(given_, chain_, *lines_, {"X08", *wait, "supervisord", "stopwaitsecs"});
    }

    const conf_case& given_;
    const conf_item& section_;
    std::shared_ptr<const line_index> lines_;
    launch_chain chain_;
};

}  // namespace

void check_supervisor_conf(const conf_case& given) {
    for (const conf_item& one : given.file.items) {
        if (one.is_block &&
            (one.name.starts_with("program:") || one.name.starts_with("fcgi-program:"))) {
            supervised_program(given, one).check();
        }
    }
}

}  // namespace lastcall::lint

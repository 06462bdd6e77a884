// systemd units, their drop-ins, and files of Quadlet: U01 to U17.
#include <array>

#include "lint/rules/families.hpp"
#include "lint/rules/systemd/quadlet.hpp"
#include "lint/rules/systemd/unit_case.hpp"
#include "lint/rules/systemd/unit_digest.hpp"

namespace lastcall::lint {
namespace {

/// What systemd cannot read of a command line, as an open quote.
void report_commands(const unit_case& given, file_report& into) {
    for (const auto* runs : {&given.starts(), &given.stops(), &given.stop_posts()}) {
        for (const unit_run& one : *runs) {
            if (one.from().file == given.judged() && !is_template_text(one.from().text())) {
                into.add(one.command.problems);
            }
        }
    }
}

/// The commands of the service are the generator's.
void judge_quadlet(const unit_case& given, digest_store& into) {
    for (const unit_rule rule : {check_kill_mode, check_order, check_drop_ins, check_quadlet}) {
        rule(given);
    }
    digest_quadlet(given, into);
}

}  // namespace

void judge_unit(const family_input& input, file_report& into) {
    constexpr std::array<unit_rule, 13> rules{
        check_kill_mode,        check_front_process, check_stop_timeout, check_stop_commands,
        check_kill_signal,      check_main_pid,      check_exit_status,  check_order,
        check_container_client, check_socket,        check_drop_ins,     check_user_unit,
        check_unit_sockets,
    };
    unit_case::reported_places done;
    bool is_first = true;
    for (judged_unit& one : units_of(input.path)) {
        const unit_case given(std::move(one), input.path, into, done);
        if (given.judged() == nullptr) {
            continue;
        }
        if (is_quadlet(given)) {
            judge_quadlet(given, input.digests);
        } else {
            for (const unit_rule rule : rules) {
                rule(given);
            }
            digest_unit(given, input.digests);
        }
        if (is_first) {
            report_commands(given, into);
        }
        is_first = false;
    }
    const auto file = read_unit_file(input.text, input.path.string());
    // What cannot be read of a template may be in order once somebody has filled it in.
    if (!is_template_text(input.text)) {
        into.add(file.problems);
    }
    into.accept(file.comments, file.statements(), file.lines, input.today);
}

}  // namespace lastcall::lint

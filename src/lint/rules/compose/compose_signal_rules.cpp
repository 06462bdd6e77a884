// The signal that stops a container: C03.
#include <algorithm>

#include "core/software.hpp"
#include "lint/launch/staying_shell.hpp"
#include "lint/rules/compose/compose_case.hpp"
#include "lint/shell/signals.hpp"

namespace lastcall::lint {
namespace {

void check_signal_name(const compose_case& given, const compose_value& said) {
    const auto text = given.project().text(said);
    if (!text) {
        return;
    }
    const auto name = shell::signal_name(text->text());
    const bool is_signal = name && (shell::signal_number(*name) != 0 || name->starts_with("RT"));
    const bool is_hopeless = is_signal && (*name == "KILL" || *name == "STOP");
    if (is_signal && !is_hopeless) {
        return;
    }
    auto* made = given.add("C03", said,
                           is_hopeless ? "no program can do anything on SIG" + std::string(*name)
                                       : "\"" + text->text() + "\" is no signal");
    if (made != nullptr) {
        made->sure = confidence::proven;
    }
}

bool takes_term(const launch_hop& hop, const core::software& of) {
    return !of.term_option.empty() &&
           std::any_of(hop.words.begin(), hop.words.end(), [&](const launch_word& one) {
               // Its configuration, which may say the same, is not read here.
               const auto& text = one.what.what.text;
               return !one.what.is_known() || one.what.is(of.term_option) ||
                      text.ends_with(".ini") || text.ends_with(".yml") || text.ends_with(".yaml") ||
                      text.ends_with(".xml");
           });
}

void check_program(const compose_case& given, const compose_value& said) {
    const auto signal = given.stop_signal();
    const auto* hop = given.chain().program();
    if (!signal || *signal == "KILL" || *signal == "STOP" || hop == nullptr ||
        (!said && !given.started_by())) {
        return;  // what is all the image's own is the Dockerfile's: D04
    }
    const auto* software = core::find_software(hop->call.name);
    if (software == nullptr || software->ends_in_order(*signal) ||
        (*signal == "TERM" && takes_term(*hop, *software))) {
        return;
    }
    auto* made = given.add("C03", said ? said : given.started_by(),
                           "on SIG" + *signal + " " + std::string(software->name) + " " +
                               std::string(software->other));
    if (made == nullptr) {
        return;
    }
    made->sure = confidence::proven;
    made->source = software->source;
    made->fix = "stop_signal: SIG" + std::string(software->best());
}

}  // namespace

void check_compose_signal(const compose_case& given) {
    const auto said = given.of().get("stop_signal");
    if (said) {
        check_signal_name(given, said);
    }
    check_program(given, said);
}

}  // namespace lastcall::lint

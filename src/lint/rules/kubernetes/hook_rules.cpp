// What preStop runs: K05, K06.
#include <algorithm>
#include <array>

#include "lint/launch/script_end.hpp"
#include "lint/rules/kubernetes/pod_case.hpp"
#include "lint/rules/shell/shell_words.hpp"
#include "lint/shell/signals.hpp"

namespace lastcall::lint {
namespace {

/// What an image without a shell does not have either.
constexpr std::array<std::string_view, 12> usual_tools{
    "sh", "bash", "ash", "sleep", "curl", "wget", "nc", "kill", "true", "echo", "cat", "test"};

bool has_end(const shell::step& one, std::string_view end) {
    return std::any_of(one.arguments.begin(), one.arguments.end(), [&](const auto& word) {
        return word.is_known() && word.what.text.ends_with(end);
    });
}

/// A command that asks for the orderly stop by something else than SIGTERM, and does not wait: the
/// signal that it sends, "" for another way of asking. Unset: it does not.
std::optional<std::string> stop_asked_by(const shell::step& one) {
    const auto asks = [](bool does, std::string_view signal) {
        return does ? std::optional(std::string(signal)) : std::nullopt;
    };
    const auto& name = one.name();
    if (name == "nginx" || name == "openresty") {
        return asks(has_word(one, {"quit"}) && has_word(one, {"-s"}), "QUIT");
    }
    if (name == "apachectl" || name == "apache2ctl" || name == "httpd") {
        return asks(has_word(one, {"graceful-stop"}), "WINCH");
    }
    if (name == "curl" || name == "wget") {
        return asks(
            has_end(one, "/quit") || has_end(one, "/quitquitquit") || has_end(one, "/shutdown"),
            "");
    }
    const auto stop = shell::stop_request_of(one);
    const bool is_signal =
        stop && !stop->only_asks && stop->signal &&
        (stop->way == shell::stop_way::kill || stop->way == shell::stop_way::kill_by_name);
    const auto signal = is_signal ? shell::signal_name(*stop->signal) : std::nullopt;
    return asks(signal && (*signal == "QUIT" || *signal == "INT" || *signal == "WINCH" ||
                           *signal == "USR1"),
                signal.value_or(""));
}

/// The image says that this is the signal to stop it with: it comes twice, and that is all. Of an
/// image that is known without its signal nothing is said.
bool is_signal_of_image(const container_case& one, std::string_view asked) {
    return one.known != nullptr &&
           (one.known->stop_signal.empty() || shell::signal_name(one.known->stop_signal) == asked);
}

/// Whether something behind it lets time pass, or may do so.
bool may_wait(const shell::step& one) {
    return one.around.loops > 0 || shell::sleep_of(one).has_value() || one.name() == "wait" ||
           !is_short_command(one.name());
}

}  // namespace

void check_hook_tools(const pod_case& given) {
    for (const container_case& one : given.containers()) {
        if (one.hook.command.hops.empty() || one.known == nullptr ||
            one.known->shell != shell_kind::none) {
            continue;
        }
        const auto& tool = one.hook.command.hops.front().call.name;
        if (std::find(usual_tools.begin(), usual_tools.end(), tool) == usual_tools.end()) {
            continue;
        }
        auto& made =
            given.report().add("K05", one.hook.handler.path("exec.command").used_at(),
                               "preStop runs \"" + tool + "\", which the image of " + one.name +
                                   " does not have: the hook fails, and the "
                                   "stop signal comes without the delay");
        made.further.push_back(
            {given.report().file(), one.object.get("image").used_at(), "the image"});
        if (tool == "sleep" && one.hook.least > std::chrono::milliseconds(0)) {
            made.fix =
                "preStop: {sleep: {seconds: " +
                std::to_string(std::chrono::ceil<std::chrono::seconds>(one.hook.least).count()) +
                "}}";
        }
    }
}

void check_hook_stop(const pod_case& given) {
    for (const container_case& one : given.containers()) {
        if (!is_absent(one.object.get("lifecycle"), "stopSignal")) {
            continue;
        }
        const auto steps = steps_of(one.hook.command);
        const auto asked = std::find_if(steps.begin(), steps.end(), [](const shell::step& each) {
            return stop_asked_by(each).has_value();
        });
        if (asked == steps.end() || asked->around.loops > 0 ||
            is_signal_of_image(one, *stop_asked_by(*asked)) ||
            std::any_of(asked + 1, steps.end(), may_wait)) {
            continue;
        }
        auto& made = given.report().add("K06", one.hook.handler.path("exec.command").used_at(),
                                        "\"" + words_of(*asked) +
                                            "\" comes back at once, and the stop signal "
                                            "follows before " +
                                            one.name + " has done what it was asked for");
        if (one.known == nullptr && !stop_asked_by(*asked)->empty()) {
            made.sure = confidence::hint;  // the image may have that signal as its own
        }
    }
}

}  // namespace lastcall::lint

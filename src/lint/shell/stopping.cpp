#include "lint/shell/stopping.hpp"

#include <algorithm>
#include <array>

#include "lint/shell/option_reader.hpp"
#include "lint/shell/run_limit.hpp"
#include "lint/shell/signals.hpp"

namespace lastcall::lint::shell {
namespace {

std::string signal_text(const std::optional<argument>& given) {
    return given && given->is_known() ? std::string(signal_name(given->what.text).value_or(""))
                                      : std::string();
}

/// kill, pkill, killall, skill, fuser: -9, -KILL, -SIGKILL, -s KILL, --signal KILL.
stop_request read_kill(const step& one, stop_way way, std::string_view with_value,
                       std::string_view signal_options) {
    stop_request made;
    made.way = way;
    made.waits = false;
    bool kills = way != stop_way::kill_by_file;
    option_reader reader(one, {with_value, {}, signal_options});
    while (reader.next()) {
        const bool has_begun = made.signal || !made.targets.empty();
        // Behind the signal, `-12` is a process group.
        const bool is_group = way == stop_way::kill && has_begun && !reader.is_operand() &&
                              reader.name()[1] >= '0' && reader.name()[1] <= '9';
        std::string_view signal;
        if (!has_begun && !reader.value() && !reader.is_operand()) {
            signal = signal_name(std::string_view(reader.name()).substr(1)).value_or(signal);
        }
        if (reader.is_operand() || is_group) {
            made.targets.push_back(reader.word());
        } else if (is_named(signal_options, reader.name())) {
            made.signal = signal_text(reader.value());
        } else if (way == stop_way::kill && reader.is("-l", "-L")) {
            made.only_asks = true;
        } else if (reader.is("-w", "--wait")) {
            made.waits = true;
        } else if (!signal.empty()) {
            made.signal = signal;
        } else if (way == stop_way::kill_by_file) {
            // Also among others, as -vk.
            kills = kills || reader.is("--kill") ||
                    (reader.name()[1] != '-' && reader.name().find('k') != std::string::npos);
        }
    }
    made.only_asks = made.only_asks || !kills || (made.signal && *made.signal == "EXIT");
    if (way == stop_way::kill_by_file && !made.signal) {
        made.signal = "KILL";  // what fuser sends by itself
    }
    return made;
}

void read_option(const option_reader& reader, const option_rules& rules, stop_request& into) {
    if (is_named(rules.grace, reader.name())) {
        into.grace = reader.value();
    } else if (reader.is("-s", "--signal")) {
        into.signal = signal_text(reader.value());
    } else if ((reader.is("-f", "-fv") || reader.is("-vf")) && !reader.value()) {
        into.is_forced = true;
    } else if (reader.is("--force", "--now")) {
        into.is_forced = !reader.value() || !reader.value()->is("false");
    } else if (reader.is("--disable-eviction")) {
        into.skips_eviction = true;
    } else if (reader.is("--dry-run")) {
        into.only_asks = !reader.value() || !reader.value()->is("none");
    } else if (reader.is("--no-block") ||
               (reader.is("--wait") && reader.value() && reader.value()->is("false"))) {
        into.waits = false;
    }
}

/// Reads the options. Returns: the words that are none.
std::vector<argument> read_words(const step& one, const option_rules& rules, stop_request& into) {
    std::vector<argument> words;
    option_reader reader(one, rules);
    while (reader.next()) {
        if (reader.is_operand()) {
            words.push_back(reader.word());
        } else {
            read_option(reader, rules, into);
        }
    }
    return words;
}

bool is_one_of(const argument& word, std::initializer_list<std::string_view> texts) {
    return std::any_of(texts.begin(), texts.end(), [&](auto text) { return word.is(text); });
}

void keep_targets(stop_request& into, const std::vector<argument>& words, std::size_t from) {
    into.verb = words[from - 1].what.text;
    into.targets.assign(words.begin() + static_cast<std::ptrdiff_t>(from), words.end());
}

std::optional<stop_request> read_container(const step& one) {
    constexpr option_rules rules = {
        " -H --host -c --context --log-level --config -s --signal -p --project-name --profile "
        "--env-file --project-directory --file --filter --restart-policy ",
        " -f ", " -t --time --timeout "};
    stop_request made;
    std::vector<argument> words = read_words(one, rules, made);
    const bool is_compose =
        one.name().ends_with("-compose") || (!words.empty() && words.front().is("compose"));
    if (is_compose && !words.empty() && words.front().is("compose")) {
        words.erase(words.begin());
    }
    if (!is_compose && words.size() > 1 && words.front().is("container")) {
        words.erase(words.begin());
    }
    if (words.empty()) {
        return std::nullopt;
    }
    const argument& verb = words.front();
    if (is_compose) {
        if (!is_one_of(verb, {"down", "stop", "restart", "kill", "rm"}) &&
            !(verb.is("up") && made.grace)) {
            return std::nullopt;
        }
        made.way =
            verb.is("kill") || verb.is("rm") ? stop_way::compose_kill : stop_way::compose_stop;
    } else if (is_one_of(verb, {"stop", "restart"})) {
        made.way = stop_way::container_stop;
    } else if (verb.is("kill")) {
        made.way = stop_way::container_kill;
        made.waits = false;
    } else if (verb.is("rm") && made.is_forced) {
        made.way = stop_way::container_remove;
    } else {
        return std::nullopt;
    }
    if (verb.is("kill") && !made.signal) {
        made.signal = "KILL";  // what `docker kill` sends by itself
    }
    keep_targets(made, words, 1);
    return made;
}

std::optional<stop_request> read_kubectl(const step& one) {
    constexpr option_rules rules = {
        " -n --namespace --context --kubeconfig --cluster --user -l --selector --field-selector "
        "-f --filename -o --output --pod-selector --request-timeout --timeout ",
        {},
        " --grace-period "};
    stop_request made;
    const auto words = read_words(one, rules, made);
    if (words.empty() || !is_one_of(words.front(), {"delete", "drain"})) {
        return std::nullopt;
    }
    made.way = words.front().is("drain") ? stop_way::kubectl_drain : stop_way::kubectl_delete;
    keep_targets(made, words, 1);
    return made;
}

std::optional<stop_request> read_unit(const step& one) {
    constexpr option_rules rules = {
        " -s --signal -H --host -M --machine --kill-whom --kill-who "
        "-t --type -p --property --job-mode -o --output "};
    stop_request made;
    auto words = read_words(one, rules, made);
    if (one.name() != "systemctl" && words.size() >= 2) {
        std::swap(words[0], words[1]);  // service NAME stop
    }
    if (words.empty()) {
        return std::nullopt;
    }
    if (words.front().is("kill")) {
        made.way = stop_way::unit_kill;
        made.waits = false;
    } else if (is_one_of(words.front(), {"stop", "restart", "try-restart", "isolate",
                                         "reload-or-restart", "force-reload"})) {
        made.way = stop_way::unit_stop;
    } else {
        return std::nullopt;
    }
    keep_targets(made, words, 1);
    return made;
}

std::optional<stop_request> read_supervisor(const step& one) {
    constexpr option_rules rules = {" -c -u -p ", {}, " -w --kill-timeout -T "};
    stop_request made;
    made.way = stop_way::supervisor_stop;
    const auto words = read_words(one, rules, made);
    if (one.name() == "s6-svc") {
        const bool stops =
            std::any_of(one.arguments.begin(), one.arguments.end(), [](const argument& each) {
                return each.is_known() && each.what.text.starts_with('-') &&
                       each.what.text.find_first_of("dtkrTD") != std::string::npos;
            });
        made.targets = words;
        made.waits = false;
        return stops ? std::optional(made) : std::nullopt;
    }
    if (words.empty() || !is_one_of(words.front(), {"stop", "restart", "shutdown", "down", "exit",
                                                    "term", "delete", "kill"})) {
        return std::nullopt;
    }
    keep_targets(made, words, 1);
    return made;
}

}  // namespace

std::string_view words_of(stop_way way) {
    constexpr std::array<std::string_view, 13> words = {
        "kill",         "kill by name", "kill by file",   "container stop", "container kill",
        "container rm", "compose stop", "compose kill",   "kubectl delete", "kubectl drain",
        "unit stop",    "unit kill",    "supervisor stop"};
    return words[static_cast<std::size_t>(way)];
}

std::optional<stop_request> stop_request_of(const step& one) {
    if (one.call.program == invocation::none) {
        return std::nullopt;
    }
    const std::string& name = one.name();
    std::optional<stop_request> made;
    if (name == "kill") {
        made = read_kill(one, stop_way::kill, "", " -s -n --signal ");
    } else if (name == "pkill" || name == "skill") {
        made =
            read_kill(one, stop_way::kill_by_name,
                      " -F --pidfile -g -G -P -s -t -u -U --ns --nslist --parent ", " --signal ");
    } else if (name == "killall" || name == "killall5") {
        made = read_kill(one, stop_way::kill_by_name, " -n -u --user -o -y -Z ", " -s --signal ");
    } else if (name == "fuser") {
        made = read_kill(one, stop_way::kill_by_file, " -n --namespace ", "");
    } else if (name == "docker" || name == "podman" || name == "nerdctl" ||
               name == "docker-compose" || name == "podman-compose") {
        made = read_container(one);
    } else if (name == "kubectl" || name == "oc") {
        made = read_kubectl(one);
    } else if (name == "systemctl" || name == "service" || name == "invoke-rc.d") {
        made = read_unit(one);
    } else if (name == "supervisorctl" || name == "sv" || name == "s6-svc" || name == "pm2" ||
               name == "monit") {
        made = read_supervisor(one);
    }
    if (made) {
        made->tool = name;
    }
    return made;
}

std::optional<std::chrono::milliseconds> given_up_after(const step& one) {
    const auto* wrapper = one.call.find("timeout");
    const auto limit = wrapper == nullptr ? std::nullopt : time_limit_of(one.arguments, *wrapper);
    return limit && limit->after.is_known() ? duration_of(limit->after.what.text) : std::nullopt;
}

std::string given_up::text() const {
    const auto whole = std::chrono::ceil<std::chrono::seconds>(after).count();
    return "the command is given up after " + std::to_string(whole) + " s" +
           (by == nullptr ? std::string() : " (" + std::string(by->what) + ")");
}

std::optional<given_up> given_up_by(const step& one, const run_limit* around) {
    const auto own = given_up_after(one);
    if (around != nullptr && (!own || around->after < *own)) {
        return given_up{around->after, around};
    }
    return own ? std::optional(given_up{*own}) : std::nullopt;
}

std::optional<std::chrono::milliseconds> asked_grace_of(const stop_request& one) {
    return one.grace && one.grace->is_known() ? duration_of(one.grace->what.text) : std::nullopt;
}

std::optional<std::string> stopped_unit(const stop_request& one) {
    if (one.way != stop_way::unit_stop || one.targets.size() != 1 ||
        !one.targets.front().is_known()) {
        return std::nullopt;
    }
    const auto& name = one.targets.front().what.text;
    return name.find('.') == std::string::npos ? name + ".service" : name;
}

std::optional<std::chrono::milliseconds> usual_grace_of(stop_way way) {
    switch (way) {
        case stop_way::unit_stop:
            return std::chrono::seconds(90);
        case stop_way::container_stop:
        case stop_way::compose_stop:
            return std::chrono::seconds(10);
        case stop_way::kubectl_delete:
        case stop_way::kubectl_drain:
            return std::chrono::seconds(30);
        default:
            return std::nullopt;
    }
}

}  // namespace lastcall::lint::shell

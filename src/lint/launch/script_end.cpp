#include "lint/launch/script_end.hpp"

#include <algorithm>
#include <string>

#include "lint/launch/endless_loop.hpp"
#include "lint/shell/option_reader.hpp"
#include "lint/shell/stopping.hpp"
#include "lint/shell/walk.hpp"

namespace lastcall::lint {
namespace {

using shell::step;

constexpr std::string_view short_commands =
    // of the shell
    " : . [ alias bg bind break builtin caller cd command compgen complete compopt continue "
    "declare dirs disown echo enable eval exit export false fc fg getopts hash history jobs kill "
    "let local logout mapfile popd printf pushd pwd read readarray readonly return set shift shopt "
    "source suspend test times trap true type typeset ulimit umask unalias unset "
    // tools
    "addgroup adduser awk base64 basename cat chgrp chmod chown cmp cp curl cut date diff dirname "
    "du env envsubst expr find getent grep groupadd groupmod gzip head hostname id install ip "
    "iptables jq keytool killall ldconfig ln ls md5sum mkdir mkfifo mktemp mv nproc openssl pgrep "
    "pidof pkill printenv ps readlink realpath rm rmdir rsync sed seq sha256sum sort ssh-keygen "
    "stat stty sync sysctl tar tee touch tr uname uniq unzip update-ca-certificates useradd "
    "usermod wc wget which whoami xargs ";

/// Tools that may take a while, and that no container is there for.
constexpr std::string_view chores =
    " apk apt apt-get dnf dpkg git invoke-rc.d kubectl rc-service service supervisorctl systemctl "
    "update-alternatives update-rc.d yum ";

/// `git daemon`, `kubectl proxy`, `supervisorctl fg`: what lasts, of a tool that is over by itself
/// otherwise.
bool is_lasting_chore(const step& one) {
    return std::any_of(one.arguments.begin(), one.arguments.end(), [](const auto& word) {
        return word.is("daemon") || word.is("proxy") || word.is("port-forward") || word.is("fg");
    });
}

/// `server --version`: it says something and ends.
bool only_tells(const step& one) {
    return one.arguments.size() == 2 &&
           (one.arguments[1].is("version") || one.arguments[1].is("--version") ||
            one.arguments[1].is("--help") || one.arguments[1].is("help"));
}

bool has_argument(const step& one, std::string_view text) {
    return std::any_of(one.arguments.begin(), one.arguments.end(),
                       [&](const auto& word) { return word.is(text); });
}

/// It is over by itself: a script that ends so has nothing to lose.
bool is_over_soon(const step& one) {
    return is_short_command(one.name()) ||
           (shell::is_named(chores, one.name()) && !is_lasting_chore(one)) || only_tells(one) ||
           detaches(one) || (shell::sleep_of(one) && shell::sleep_of(one)->is_known());
}

/// Runs in the shell of the script, and not on the side.
bool is_of_script(const step& one) {
    return one.around.is_called && !one.around.is_in_substitution && !one.around.is_in_source;
}

bool asks_for_an_end(const step& one) {
    const auto stop = shell::stop_request_of(one);
    return one.around.is_called && stop && !stop->only_asks;
}

/// `wait; exit $?`: nothing that lasts comes behind it. What waits for an end that the script has
/// asked for is none.
bool is_last_wait(const step& one, const shell::execution& run) {
    const auto here = run.steps.begin() + (&one - run.steps.data());
    return one.name() == "wait" && !one.around.is_background && !one.around.is_condition &&
           one.around.loops == 0 && std::none_of(run.steps.begin(), here, asks_for_an_end) &&
           std::all_of(here + 1, run.steps.end(), [](const step& later) {
               return !later.around.is_called || is_short_command(later.name());
           });
}

bool replaces(const step& one) {
    return one.call.is_exec() && one.call.program != shell::invocation::none &&
           !one.around.is_background && !one.around.is_in_subshell;
}

}  // namespace

std::set<std::string_view> functions_of(const shell::script& whole) {
    std::set<std::string_view> names;
    shell::for_each_command(whole, [&](const shell::command& one) {
        if (const auto* made = std::get_if<shell::function_definition>(&one.what)) {
            names.insert(made->name);
        }
    });
    return names;
}

bool is_short_command(std::string_view name) { return shell::is_named(short_commands, name); }

bool is_endless_sleep(const step& one) {
    if (const auto slept = shell::sleep_of(one)) {
        const auto length = shell::duration_of(slept->text);
        return length && *length >= std::chrono::hours(24);
    }
    return one.name() == "tail" &&
           std::any_of(one.arguments.begin(), one.arguments.end(), [](const auto& word) {
               return word.is("-f") || word.is("-F") || word.is("-fn0") || word.is("--follow");
           });
}

bool detaches(const step& one) {
    if (one.name() == "screen") {
        return has_argument(one, "-dm") || has_argument(one, "-dmS") ||
               (has_argument(one, "-d") && has_argument(one, "-m"));
    }
    return one.name() == "tmux" && has_argument(one, "-d") &&
           (has_argument(one, "new") || has_argument(one, "new-session"));
}

bool is_for_a_person(const step& one) {
    constexpr std::string_view shells = " sh bash dash ash ksh zsh ";
    return one.call.program != shell::invocation::none &&
           one.call.source == shell::invocation::none && one.call.file == shell::invocation::none &&
           shell::is_named(shells, one.name()) && one.call.program + 1 == one.arguments.size();
}

bool is_all_parameters(const shell::argument& one) {
    return !one.is_known() && (one.what.text == "$@" || one.what.text == "$*");
}

bool runs_parameters(const step& one) {
    return one.call.program != shell::invocation::none &&
           is_all_parameters(one.arguments[one.call.program]);
}

std::vector<script_end> ends_of(const shell::script& whole, const shell::execution& run) {
    const auto functions = functions_of(whole);
    std::vector<script_end> made;
    for (const step& one : run.steps) {
        if (!is_of_script(one) || one.call.program == shell::invocation::none) {
            continue;
        }
        if (replaces(one)) {
            made.push_back({is_endless_sleep(one) ? end_kind::sleeps : end_kind::replaced, &one});
            continue;
        }
        if (is_last_wait(one, run)) {
            made.push_back({end_kind::waits, &one});
            continue;
        }
        const bool is_last_of_pipe = one.around.pipe_position + 1 >= one.around.pipe_length;
        if (!one.around.is_last || one.around.is_background || functions.contains(one.name())) {
            continue;
        }
        if (one.name() == "wait") {
            made.push_back({end_kind::waits, &one});
        } else if (is_endless_sleep(one) || is_for_a_person(one)) {
            made.push_back({end_kind::sleeps, &one});
        } else if (one.around.pipe_length > 1) {
            if (one.around.pipe_position == 0 && !is_over_soon(one)) {
                made.push_back({end_kind::pipeline, &one});
            }
        } else if (is_last_of_pipe && !one.around.is_in_subshell && !is_over_soon(one)) {
            made.push_back({end_kind::in_front, &one});
        }
    }
    if (const auto* sleep = sleep_of_last_loop(whole, run)) {
        made.push_back({end_kind::sleeps, sleep});
    }
    return made;
}

std::optional<script_end> end_before_short(const shell::script& whole,
                                           const shell::execution& run) {
    if (!ends_of(whole, run).empty()) {
        return std::nullopt;
    }
    const auto functions = functions_of(whole);
    std::optional<script_end> found;
    for (const step& one : run.steps) {
        if (!is_of_script(one) || is_short_command(one.name()) || functions.contains(one.name())) {
            continue;
        }
        const auto& around = one.around;
        const bool is_plain = one.call.program != shell::invocation::none &&
                              !around.is_background && !around.is_in_subshell &&
                              !around.is_optional && !around.is_condition && around.loops == 0 &&
                              around.pipe_length == 1;
        found = is_plain ? std::optional(script_end{end_kind::in_front, &one}) : std::nullopt;
    }
    return found;
}

bool is_lone_command(const shell::script& whole) {
    return shell::lone_command(whole.program) != nullptr &&
           !whole.program.front().chain.front().what.is_negated;
}

bool is_tail_of_bash(const shell::script& whole, const shell::execution& run,
                     const script_end& end) {
    using action = shell::trap_setting::action;
    const bool has_trap =
        std::any_of(run.traps.begin(), run.traps.end(), [](const shell::trap_setting& one) {
            return one.what == action::handle || one.what == action::unknown;
        });
    if (has_trap || whole.program.empty()) {
        return false;
    }
    const shell::statement& last = whole.program.back();
    // `a & b` is one list; on a line of its own, b is another one.
    const bool is_beside_background =
        whole.program.size() > 1 && (&last - 1)->is_background &&
        whole.at((&last - 1)->where).line == whole.at(last.where).line;
    const shell::pipeline& pipe = last.chain.back().what;
    return !last.is_background && !is_beside_background && !pipe.is_negated && !pipe.is_timed &&
           pipe.commands.size() == 1 && pipe.commands.front().redirections.empty() &&
           std::holds_alternative<shell::simple_command>(pipe.commands.front().what) &&
           end.what->what == &pipe.commands.front();
}

}  // namespace lastcall::lint

// What a script comes to: whether its shell becomes the program that it is there for, or stays in
// front of it.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "lint/shell/execution.hpp"

namespace lastcall::lint {

enum class end_kind : std::uint8_t {
    replaced,  ///< exec: the shell is the program from then on
    in_front,  ///< the shell waits for the program
    pipeline,  ///< program | other
    waits,     ///< the shell's wait, for what it has put into the background
    sleeps,    ///< sleep infinity, exec tail -f, a shell for a person, a loop around a sleep:
               ///< nobody looks at what is in the background
};

struct script_end {
    end_kind kind = end_kind::in_front;
    const shell::step* what = nullptr;  ///< of a pipeline its first program
};

/// Each way in which it may end, in the order of the text; those that only do something short (a
/// `mkdir`, an `exit`) are left out.
/// Lifetime: the script's.
[[nodiscard]] std::vector<script_end> ends_of(const shell::script& whole,
                                              const shell::execution& run);

/// Where all of its ends are short (`server; echo "it has ended"`): the command before them, which
/// is what a script that lasts is there for. Unset: there is no such command, or it may be left
/// out. Lifetime: the script's.
[[nodiscard]] std::optional<script_end> end_before_short(const shell::script& whole,
                                                         const shell::execution& run);

/// The script is a single command, without `;`, `&&`, `|`, `&` or a compound around it.
[[nodiscard]] bool is_lone_command(const shell::script& whole);

/// Behind -c, a bash since 5.1 replaces itself with the end: it is the last command of the text,
/// alone or in a list, without redirections, and no trap is set. An older one does so with a lone
/// command only.
[[nodiscard]] bool is_tail_of_bash(const shell::script& whole, const shell::execution& run,
                                   const script_end& end);

/// "$@", "$*", or these without quotes: the words that the script was given.
[[nodiscard]] bool is_all_parameters(const shell::argument& one);

/// Whether the command runs what the script was given: `exec "$@"`, `gosu app "$@"`.
[[nodiscard]] bool runs_parameters(const shell::step& one);

/// The names of the functions that the script defines.
/// Lifetime: the script's.
[[nodiscard]] std::set<std::string_view> functions_of(const shell::script& whole);

/// A command that puts a program to sleep for good: sleep infinity, tail -f /dev/null.
[[nodiscard]] bool is_endless_sleep(const shell::step& one);

/// `screen -dmS web server`: the program goes on in a session without a terminal, and this is over.
[[nodiscard]] bool detaches(const shell::step& one);

/// `bash`: a shell for somebody who sits in front of it, who has no work to lose.
[[nodiscard]] bool is_for_a_person(const shell::step& one);

/// A command of the shell, or a tool that is over at once.
[[nodiscard]] bool is_short_command(std::string_view name);

}  // namespace lastcall::lint

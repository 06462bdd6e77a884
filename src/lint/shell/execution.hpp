// The simple commands of a script in the order in which they run, each with what is around it.
//
// Conditions are not judged: of `if`, all branches follow each other; a loop runs once. A call of a
// function of the script is followed by the commands of its body; those of functions that nobody
// calls come last. A program in a word (`sh -c '...'`, `eval`) follows the command that has it. The
// commands of trap handlers are kept with the trap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "lint/shell/embedded.hpp"
#include "lint/shell/invocation.hpp"
#include "lint/shell/values.hpp"

namespace lastcall::lint::shell {

/// What is around a command.
struct context {
    bool is_background = false;   ///< `&` behind it, or behind a list that it is in
    bool is_in_subshell = false;  ///< ( ), a pipeline or a substitution: what it sets is lost
    bool is_in_substitution = false;
    bool is_condition = false;       ///< of if, while, until: its failure is an answer
    bool is_failure_caught = false;  ///< by `||`, `&&` or `!`
    bool is_optional = false;        ///< in a branch, or behind `&&` or `||`
    bool is_last = false;            ///< nothing of the script follows it, wherever it stands
    bool is_called = true;           ///< false: in a function that nobody calls
    bool is_in_source = false;       ///< in a program in a word
    std::uint16_t loops = 0;         ///< how many it is in
    std::uint16_t pipe_position = 0;
    std::uint16_t pipe_length = 1;
    std::string_view function;  ///< the innermost that it is in
};

struct step {
    const command* what = nullptr;  ///< its assignments and redirections
    stretch where;
    std::vector<argument> arguments;
    invocation call;
    context around;

    /// The name of the program behind all wrappers; empty when it is not known.
    [[nodiscard]] const std::string& name() const { return call.name; }
};

/// A `trap` command.
struct trap_setting {
    enum class action : std::uint8_t {
        handle,
        ignore,   ///< '': also for the programs that are started from then on
        reset,    ///< -
        unknown,  ///< the handler is not known
    };
    action what = action::handle;
    stretch where;
    stretch handler;
    context around;
    std::vector<std::string> signals;         ///< `TERM`, `EXIT`, ...; without those not known
    std::vector<std::string> wrong_signals;   ///< words that name none
    std::vector<std::string> expanded_early;  ///< as in trap "kill $pid" TERM
    std::vector<step> steps;                  ///< what the handler runs

    [[nodiscard]] bool is_for(std::string_view signal) const;
};

struct execution {
    std::vector<step> steps;
    std::vector<trap_setting> traps;
    variables known;
    bool sets_errexit = false;  ///< set -e, set -o errexit, or the shebang's -e
    bool is_complete = true;    ///< false: too many calls of functions to follow them all
    std::deque<embedded_program> sources;  ///< what `steps` of programs in words point into

    /// Those that are effective for the signal, in their order.
    [[nodiscard]] std::vector<const trap_setting*> traps_for(std::string_view signal) const;
};

/// Lifetime: `whole` has to live as long as what is returned.
[[nodiscard]] execution execution_of(const script& whole);

}  // namespace lastcall::lint::shell

// Goes through all commands of a script, wherever they stand.
#pragma once

#include <functional>
#include <vector>

#include "lint/shell/script.hpp"

namespace lastcall::lint::shell {

/// Calls `seen` for each command: also those inside of others, in functions, in substitutions and
/// in here-documents. A command comes before what is inside of it.
void for_each_command(const script& whole, const std::function<void(const command&)>& seen);

/// The same for a part of the script.
void for_each_command(const script& whole, const std::vector<statement>& program,
                      const std::function<void(const command&)>& seen);

/// The same for the substitutions in a word.
void for_each_command(const script& whole, const word& in,
                      const std::function<void(const command&)>& seen);

/// The first command of its first pipeline. Null: there is none, as in `!` and `time` alone.
[[nodiscard]] const command* first_command(const statement& of);

/// The last command of its last pipeline. Null: likewise.
[[nodiscard]] const command* last_command(const statement& of);

/// The only thing that the list does. Null: it does more, or something else.
[[nodiscard]] const simple_command* lone_command(const std::vector<statement>& program);

/// The lists of statements directly inside of a compound command, in the order of the text.
[[nodiscard]] std::vector<const std::vector<statement>*> bodies_of(const command& one);

}  // namespace lastcall::lint::shell

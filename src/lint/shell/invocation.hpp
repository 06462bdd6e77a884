// Which program a command runs in the end: `exec env A=b timeout 5 sudo -u x nice prog args` runs
// prog, behind five others.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/shell/values.hpp"

namespace lastcall::lint::shell {

/// A command in front of another: the arguments [begin, end), the first of which is its name.
struct wrapper {
    std::string name;  ///< without a path
    std::size_t begin = 0;
    std::size_t end = 0;
};

struct invocation {
    static constexpr std::size_t none = ~std::size_t{0};

    std::vector<wrapper> wrappers;  ///< in their order, `exec` among them
    std::size_t program = none;     ///< the argument that names the program; none if there is none
    std::string name;               ///< without a path; empty when it is not known
    std::size_t source = none;      ///< the argument that a shell reads as a program: of `sh -c`,
                                    ///< `su -c`, `eval`
    std::size_t file = none;        ///< the argument that is a script: of `sh FILE`, `. FILE`

    [[nodiscard]] const wrapper* find(std::string_view wrapper_name) const;
    /// The shell becomes the program: it is gone when the program runs.
    [[nodiscard]] bool is_exec() const { return find("exec") != nullptr; }
};

/// `command -v x` and `exec 3>file` have no program behind them: these are programs of themselves.
[[nodiscard]] invocation unwrap(const std::vector<argument>& arguments);

/// What a command in front of others takes (`timeout 5`), by name; null for what is none.
struct wrapper_rule {
    std::string_view name;
    std::string_view short_options;  ///< the letters of those that take a value
    std::string_view long_options;   ///< those that take a value as a word of its own, with blanks
    int operands;                    ///< words of its own before the program
    bool takes_assignments;
};
[[nodiscard]] const wrapper_rule* find_wrapper(std::string_view name);

/// The limit that `timeout` in front of a program sets.
struct time_limit {
    argument after;
    std::string signal = "TERM";         ///< empty when it is not known
    std::optional<argument> kill_after;  ///< `-k`
    bool is_foreground = false;
};
[[nodiscard]] std::optional<time_limit> time_limit_of(const std::vector<argument>& arguments,
                                                      const wrapper& timeout);

/// `5`, `1.5m`, `2h`, `1d`; `infinity` is milliseconds::max(). Returns: nothing for other text.
[[nodiscard]] std::optional<std::chrono::milliseconds> duration_of(std::string_view text);

/// The name of a program without its path.
[[nodiscard]] std::string_view base_name(std::string_view path);

}  // namespace lastcall::lint::shell

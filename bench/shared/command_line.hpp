// The command line of a program of measurements: the names of figures, and options with a
// value.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace measured {

/// What each of the programs can be told.
struct choice {
    std::vector<std::string> figures;  ///< in no order: the program has its own
    std::string out;                   ///< writes OUT.md and OUT.json; neither when empty
};

/// An option with a value.
struct flag {
    std::string_view name;
    /// Returns: whether its value can be that.
    std::function<bool(const std::string&)> take;
};

/// Any text but the empty one. Lifetime: `into` outlives the flag.
[[nodiscard]] flag text_flag(std::string_view name, std::string& into);

/// Lifetime: `into` outlives the flag.
[[nodiscard]] flag number_flag(std::string_view name, int& into, int least, int most);

/// What a command line can say.
struct command_line {
    std::string program;
    std::string_view help;
    std::vector<std::string> figures;
    std::vector<flag> flags;  ///< --out is known without
};

/// Returns: the status to exit with at once, after the reason was printed: 0 for --help, 2
/// for what cannot be understood.
[[nodiscard]] std::optional<int> read_command_line(int argc, const char* const* argv,
                                                   const command_line& known, choice& into);

/// Prints why a command line cannot be understood. Returns: the exit status for that.
[[nodiscard]] int refuse(const std::string& program, const std::string& why);

}  // namespace measured

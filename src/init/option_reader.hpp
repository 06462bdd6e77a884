// Walks a command line by a table of options: what getopt_long(3) does, without its global
// state, its heap and its own messages.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/fixed_text.hpp"

namespace lastcall::init {

/// One option that a command line may hold.
struct option_row {
    int id;
    char letter = '\0';          ///< zero: it has no short form
    std::string_view name = {};  ///< without the dashes; empty: it has no long form
    bool takes_value = false;
};

/// How options and arguments may be mixed.
struct option_manner {
    /// Options are found behind the program's name too, up to "--", and moved before it.
    bool permutes = false;
    /// A long option may be cut short where that leaves no doubt.
    bool abbreviates = false;
};

/// What was found at one place of the command line.
struct option_found {
    enum class kind : std::uint8_t {
        option,
        end,  ///< no further option: what is left is the command
        unknown,
        no_value,        ///< it needs a value, and the command line ends
        unwanted_value,  ///< --quiet=3
        ambiguous,       ///< an abbreviation of two
    };
    kind what = kind::end;
    const option_row* row = nullptr;  ///< of option, no_value and unwanted_value
    const char* value = nullptr;      ///< of an option that takes one
    std::string_view written;         ///< as it was written: "--grase"
    char letter = '\0';               ///< the short option, where it is one
};

class option_reader {
public:
    /// `argv` ends with a null pointer; its pointers are reordered where `manner` permutes.
    option_reader(int argc, char** argv, std::span<const option_row> rows,
                  option_manner manner) noexcept
        : argv_(argv), argc_(argc), rows_(rows), manner_(manner) {}

    option_found next() noexcept;

    /// After the end: the program and its arguments, ended by a null pointer.
    [[nodiscard]] char** rest() const noexcept { return argv_ + first_; }

private:
    option_found read_long(std::string_view word) noexcept;
    option_found read_letter() noexcept;
    void find_long(std::string_view name, option_found& found) const noexcept;
    void moved_over(int count) noexcept;

    char** argv_;
    int argc_;
    std::span<const option_row> rows_;
    option_manner manner_;
    int first_ = 1;                  ///< the first argument that is not an option
    int at_ = 1;                     ///< where reading goes on
    const char* letters_ = nullptr;  ///< inside of "-vvg": what is left of it
    bool ended_ = false;
};

/// The long name that `written` is a misspelling of; empty if none is near.
[[nodiscard]] std::string_view nearest_option(std::span<const option_row> rows,
                                              std::string_view written) noexcept;

/// Says what is wrong with `found`: `unknown option --grase`, `-e needs a value`.
void explain_option(core::text_sink& to, std::span<const option_row> rows,
                    const option_found& found) noexcept;

}  // namespace lastcall::init

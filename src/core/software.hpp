// What the stop signal means to programs that do not take SIGTERM as "end in order".
//
// For the files that say how a program is stopped and for a process that is looked at: the same
// table.
#pragma once

#include <span>
#include <string_view>

namespace lastcall::core {

struct software {
    std::string_view name;      ///< "nginx"
    std::string_view programs;  ///< its files, each between blanks; * at the end of one: any end
    std::string_view orderly;   ///< signals on which it ends, as orderly as it can, between blanks;
                                ///< the best first
    std::string_view other;     ///< what it does on others: "drops its connections at once"
    std::string_view term_option;  ///< an argument with which SIGTERM is orderly, too; may be empty
    std::string_view source;       ///< who says so

    /// `signal`  as "TERM"
    [[nodiscard]] bool ends_in_order(std::string_view signal) const noexcept;
    /// "QUIT": the one to use.
    [[nodiscard]] std::string_view best() const noexcept;
};

[[nodiscard]] std::span<const software> all_software() noexcept;

/// By the name of a program file, without its folder. Null: nothing is known of it, and SIGTERM is
/// what one stops it with.
[[nodiscard]] const software* find_software(std::string_view program) noexcept;

}  // namespace lastcall::core

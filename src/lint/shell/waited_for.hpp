// Which line of a script a shell is at, from the program that it waits for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lint/shell/execution.hpp"

namespace lastcall::lint::shell {

struct waited_for {
    const step* what = nullptr;
    bool is_certain = false;  ///< all of its words are known, and no other command fits as well
    std::size_t others = 0;   ///< how many other commands fit as well, at other places
};

/// Finds the command that started a child with these words: as it is written, or what a wrapper in
/// front of it (`timeout 5 node app.js`) has become. A word that is not known fits any; a program
/// that is a script fits behind its interpreter.
///
/// `child`  the words of the child, from /proc/PID/cmdline.
/// `read`   how far the shell has read: bash seeks its script (descriptor 255) to the end of the
///          command that it runs, so `pos:` of its fdinfo is an offset into the file. The command
///          that ends nearest before it is taken of those that fit.
/// Returns: nothing when no command fits.
[[nodiscard]] std::optional<waited_for> find_waited_for(const execution& of,
                                                        const std::vector<std::string>& child,
                                                        std::optional<std::uint64_t> read);

}  // namespace lastcall::lint::shell

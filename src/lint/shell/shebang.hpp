// The first line of a script: which program reads it, and with which flags.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "lint/shell/stretch.hpp"

namespace lastcall::lint::shell {

enum class dialect : std::uint8_t {
    none,   ///< no shebang: whoever starts it decides, mostly sh
    posix,  ///< sh, dash, ash, busybox
    bash,
    ksh,  ///< ksh, mksh
    zsh,
    other,  ///< no shell
};

struct bang {
    dialect shell = dialect::none;
    stretch where;
    std::string_view program;             ///< its last component: `bash` of `/usr/bin/env bash`
    std::vector<std::string_view> flags;  ///< `-e`, `-x`, ...

    /// True when one of the flags sets the one-letter option, as `-eu` sets `e`.
    [[nodiscard]] bool sets(char option) const;
};

/// Of the program by its name (without a path): `dash` is posix, `python3` is other.
[[nodiscard]] dialect dialect_of(std::string_view program);

/// `text` is a file from its begin. The views in what is returned are into it.
[[nodiscard]] bang read_shebang(std::string_view text);

}  // namespace lastcall::lint::shell

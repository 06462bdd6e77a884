// Sizes as people write them: "512MiB", "64KiB", "2GiB", "1500MB", "0".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lastcall::agent {

struct size_read {
    std::uint64_t bytes = 0;
    std::string problem;  ///< empty: it is good
    std::string fix;
};

[[nodiscard]] size_read read_size(std::string_view text);

/// The largest unit that divides it: "512MiB", "1500B".
[[nodiscard]] std::string size_text(std::uint64_t bytes);

}  // namespace lastcall::agent

// What somebody may have meant who typed a name that there is not.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace lastcall::cli {

/// The name of `known` that was meant; empty when none is near. core/near_word.hpp
[[nodiscard]] std::string nearest(std::string_view typed, std::span<const std::string> known);

/// "there is no option --grce; did you mean --grace?"
[[nodiscard]] std::string no_such_option(const std::string& typed,
                                         std::span<const std::string> known);

}  // namespace lastcall::cli

// Names in one text, each between blanks: " nginx openresty php-fpm* "; * at the end of one: any
// end.
#pragma once

#include <string_view>

namespace lastcall::core {

/// `list` has this very name.
[[nodiscard]] bool is_between_blanks(std::string_view list, std::string_view name) noexcept;

/// `list` has this name, or one with * that it begins with.
[[nodiscard]] bool is_listed(std::string_view list, std::string_view name) noexcept;

}  // namespace lastcall::core

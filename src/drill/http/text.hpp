// Small questions about text that HTTP asks.
#pragma once

#include <cstdint>
#include <string_view>

namespace lastcall::drill {

/// Without spaces and tabs at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

/// ASCII letters only, as HTTP's names are compared.
[[nodiscard]] bool equals_ignoring_case(std::string_view left, std::string_view right) noexcept;

/// Whether `token` is in a comma-separated list.
[[nodiscard]] bool has_token(std::string_view list, std::string_view token) noexcept;

/// Whether `token` is the last of a comma-separated list.
[[nodiscard]] bool last_token_is(std::string_view list, std::string_view token) noexcept;

/// Decimal digits and nothing else. Returns false when `text` is no such number or too big.
[[nodiscard]] bool parse_number(std::string_view text, std::uint64_t& into) noexcept;

}  // namespace lastcall::drill

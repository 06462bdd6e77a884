// Small questions about text that HTTP and JSON ask.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
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

/// The number of the first member "id" of a JSON object, as in {"id":17,"item":"…"}.
[[nodiscard]] std::optional<std::int64_t> id_in_json(std::string_view body) noexcept;

/// `text` with what JSON wants escaped, and its quotes.
[[nodiscard]] std::string json_string(std::string_view text);

/// 12345678 as "12,345,678".
[[nodiscard]] std::string grouped(std::uint64_t number);

}  // namespace lastcall::drill

// A row as the one line of JSON that is stored and hashed.
//
// The order of its first keys is fixed, so that the chain can be followed without reading the
// JSON. The hash of a row is the SHA-256 of this text and a line feed: what sqlite3(1) prints,
// piped into sha256sum(1). docs/journal.md
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/journal/journal.hpp"

namespace lastcall::agent {

/// What the first row names as the one before it.
[[nodiscard]] const std::string& no_hash();

/// `previous`  hash of the row before
/// Errors: journal_error (refused): larger than 1 MiB, nested deeper than 64.
[[nodiscard]] std::string body_of(const journal_row& row, std::string_view previous);

[[nodiscard]] std::string hash_of(std::string_view body);

/// Errors: nlohmann::json::exception when it is no row.
[[nodiscard]] journal_row row_from(std::string_view body, std::string hash);

/// What every body begins with.
[[nodiscard]] std::string beginning_of(std::int64_t number, std::string_view previous);

/// The value of a key of the row itself as JSON text, up to the next key: "\"web\"" for
/// service. Returns: empty when it is not there.
[[nodiscard]] std::string_view raw_field(std::string_view body, std::string_view key);

[[nodiscard]] std::string json_text(std::string_view text);

}  // namespace lastcall::agent

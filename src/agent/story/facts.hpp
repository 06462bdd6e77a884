// Looking into rows that may lack any field, or have it as something else.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/journal/journal.hpp"

namespace lastcall::agent::story {

using std::chrono::nanoseconds;
using rows = std::vector<journal_row>;

/// Never throws: what is not there is empty, 0, false or unset.
[[nodiscard]] const nlohmann::json& member(const nlohmann::json& object, std::string_view key);
[[nodiscard]] std::string text(const nlohmann::json& object, std::string_view key);
[[nodiscard]] std::optional<std::int64_t> number(const nlohmann::json& object,
                                                 std::string_view key);
[[nodiscard]] std::optional<nanoseconds> milliseconds(const nlohmann::json& object,
                                                      std::string_view key);
[[nodiscard]] bool flag(const nlohmann::json& object, std::string_view key);

/// From one row to a later one, by the clock that no one can set; over a boot, by that of the
/// wall. Unset when that would be negative.
[[nodiscard]] std::optional<nanoseconds> between(const journal_row& from, const journal_row& to);

/// "exited with 0", "ended by SIGKILL (core dumped)"; "ended" when the row does not say.
[[nodiscard]] std::string end_text(const journal_row& exited);
/// Neither a signal nor a status but 0, or as it was asked for: nothing to worry about.
[[nodiscard]] bool is_clean(const journal_row& exited);

/// Of a deploy, as it is stored: nothing follows this state.
[[nodiscard]] bool is_final_state(std::string_view state) noexcept;

}  // namespace lastcall::agent::story

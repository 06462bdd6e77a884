// The parts of a record that are one object in a line: how each is written, and how it is read.
// Errors of all that read: event_log_error.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drill/record/event_log_fields.hpp"
#include "drill/record/event_log_line.hpp"
#include "drill/record/run_record.hpp"

namespace lastcall::drill {

void write(event_line& line, const expectations& of);
[[nodiscard]] expectations expectations_of(const line_fields& from);

void write(event_line& line, const exit_facts& of);
[[nodiscard]] exit_facts exit_of(const line_fields& from);

void write(event_line& line, const generator_health& of);
[[nodiscard]] generator_health generator_of(const line_fields& from);

void write(event_line& line, const effect_ledger& of);
[[nodiscard]] effect_ledger effects_of(const line_fields& from);

/// A list. `key` as event_line takes it.
void write_texts(event_line& line, std::string_view key, const std::vector<std::string>& texts);

}  // namespace lastcall::drill

// The last line: one JSON object that says how it ended, for programs.
#pragma once

#include "core/fixed_text.hpp"
#include "init/options.hpp"
#include "init/stop_record.hpp"

namespace lastcall::init {

/// `"schema": 1`; durations end in `_ms`. Without an end of line.
void write_last_line(core::text_sink& out, const options& what, const core::keeper_machine& machine,
                     const stop_record& record, std::chrono::nanoseconds now) noexcept;

}  // namespace lastcall::init

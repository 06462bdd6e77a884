// Runs as a drill would record them, made from a seed: the same each time. For tests of what
// is computed from a run.
#pragma once

#include <cstddef>
#include <cstdint>

#include "drill/record/run_record.hpp"

namespace lastcall::drill::samples {

/// Everything is answered, and the exit is early.
[[nodiscard]] run_record graceful(std::uint32_t trials = 1);

/// The accept queue is dropped, bodies are cut, WebSockets vanish; the process hangs until
/// SIGKILL, and leaves things behind.
[[nodiscard]] run_record failing();

/// Cells with too few connections in them, and a generator that was late.
[[nodiscard]] run_record inconclusive();

/// A delete, five seconds of preStop, routes that are withdrawn three seconds later.
[[nodiscard]] run_record kubernetes();

/// A successor that is ready before the signal.
[[nodiscard]] run_record rolling();

/// About `exchanges` requests over `connections` connections, one in fifty of them lost.
[[nodiscard]] run_record crowded(std::size_t exchanges, std::uint32_t connections);

/// A run whose every text is `text`.
[[nodiscard]] run_record hostile(const char* text);

}  // namespace lastcall::drill::samples

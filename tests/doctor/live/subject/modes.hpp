// The things that can be wrong with a stop, by theme: one mode each.
#pragma once

#include <span>

namespace subject {

struct mode {
    const char* name;
    void (*run)(const char* argument);
    bool has_argument = false;
};

[[nodiscard]] std::span<const mode> signal_modes();
[[nodiscard]] std::span<const mode> thread_modes();
[[nodiscard]] std::span<const mode> socket_modes();
[[nodiscard]] std::span<const mode> state_modes();

}  // namespace subject

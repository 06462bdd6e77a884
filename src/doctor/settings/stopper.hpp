// The script that asks for the stop, as far as it limits how long that may take.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "doctor/look/platform.hpp"

namespace lastcall::doctor {

struct stopper {
    std::string file;
    std::uint32_t line = 0;  ///< from 1; 0: nothing in it is about the subject
    std::string text;        ///< of that line
    std::optional<std::chrono::nanoseconds> leaves;  ///< unset: as long as it takes

    /// "deploy.sh:9"
    [[nodiscard]] std::string place() const {
        return line == 0 ? file : file + ":" + std::to_string(line);
    }
};

/// The shortest time that a command of the script leaves to who is stopped.
/// Errors: look_error: the file cannot be read.
[[nodiscard]] stopper read_stopper(const std::string& file, const platform_facts& subject);

}  // namespace lastcall::doctor

// Programs that are measured, or measured beside.
#pragma once

#include <optional>
#include <string>

namespace measured {

/// The path of a program, sought in PATH and in the folders for daemons.
[[nodiscard]] std::optional<std::string> find_program(const std::string& name);

/// The same. Errors: std::runtime_error that names what is not installed.
[[nodiscard]] std::string require_program(const std::string& name);

/// The folder of the program that runs.
[[nodiscard]] std::string own_folder();

}  // namespace measured

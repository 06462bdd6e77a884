// A command line as a unit file has it: systemd.service(5), "Command lines".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lastcall::drill {

/// Words with their quotes and escapes taken off; ";" as a word of its own begins the next
/// command. Of the prefixes only "-" (it may fail) stays, in front of the first word; "@"
/// takes its second word, which is only a name, away.
/// Errors: std::runtime_error (a quote that does not end).
[[nodiscard]] std::vector<std::vector<std::string>> split_command_lines(std::string_view text);

/// Specifiers: systemd.unit(5). `unit`: "web@1.service".
/// Errors: std::runtime_error (one that only systemd knows the value of).
[[nodiscard]] std::string with_specifiers(const std::string& word, const std::string& unit);

}  // namespace lastcall::drill

// How the help of every command looks.
#pragma once

#include <string>
#include <vector>

namespace lastcall::cli {

/// "lastcall deploy - what it does", and a line of usage for each of `forms`, which are what can
/// be behind the name.
[[nodiscard]] std::string help_head(const std::string& name, const std::string& summary,
                                    const std::vector<std::string>& forms);

/// A line of an option, or several. `names` as "-n,--lines"; `type` is empty for a flag.
[[nodiscard]] std::string help_entry(const std::string& names, const std::string& type,
                                     const std::string& text);

}  // namespace lastcall::cli

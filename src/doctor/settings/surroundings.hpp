// What a process has around it, as far as its settings are looked for: a table can be one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lastcall::doctor {

struct surroundings {
    std::string folder;                    ///< its working directory
    std::vector<std::string> environment;  ///< "NAME=value"
    /// A file, and the names in a folder, as it sees them.
    std::function<std::optional<std::string>(const std::string& path)> read;
    std::function<std::vector<std::string>(const std::string& folder)> names;

    /// Empty: there is none.
    [[nodiscard]] std::string variable(std::string_view name) const;
    /// It may be looked at: without the right to, nothing is there.
    [[nodiscard]] bool is_readable() const noexcept { return !folder.empty(); }
    /// Below its working directory, unless it is absolute; empty where that is not known.
    [[nodiscard]] std::string whole(const std::string& path) const;
    /// The files of a pattern with * and ? in its last part.
    [[nodiscard]] std::vector<std::string> matching(const std::string& pattern) const;
};

[[nodiscard]] surroundings surroundings_of(int pid);

/// * stands for any text, ? for any character.
[[nodiscard]] bool fits_pattern(std::string_view text, std::string_view pattern) noexcept;

}  // namespace lastcall::doctor

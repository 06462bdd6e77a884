// One file of a systemd unit: systemd.syntax(7).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lint/text/line_index.hpp"
#include "lint/text/mapped_text.hpp"
#include "lint/text/problem.hpp"
#include "lint/text/suppression.hpp"

namespace lastcall::lint {

struct unit_setting {
    std::uint32_t section = 0;  ///< index in unit_file::sections
    std::string name;
    mapped_text value;  ///< continued lines put together, without the blanks around it
    place name_at;
    place at;  ///< of the value; where it would stand when it is empty
    statement_lines lines;
};

struct unit_section {
    std::string name;
    place at;
    statement_lines lines;  ///< from its header to its last setting
};

/// What stands before the first section is a problem and no setting, as it is for systemd.
struct unit_file {
    std::string path;  ///< as the caller names it
    line_index lines{""};
    std::vector<unit_section> sections;  ///< in the order of the file; one name may come again
    std::vector<unit_setting> settings;
    std::vector<comment> comments;
    std::vector<problem> problems;

    /// Of sections and settings, for suppressions.
    [[nodiscard]] std::vector<statement_lines> statements() const;
};

/// `text`  has to outlive the comments of what is returned.
/// A line that is longer than systemd takes (1 MiB), and what is behind the 100,000th setting, is a
/// problem and not read.
[[nodiscard]] unit_file read_unit_file(std::string_view text, std::string path = {});

}  // namespace lastcall::lint

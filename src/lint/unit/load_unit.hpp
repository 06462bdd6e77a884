// A unit from the disk, with the drop-ins that lie beside it.
#pragma once

#include <deque>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lint/unit/unit_view.hpp"

namespace lastcall::lint {

struct loaded_unit {
    std::deque<std::string> texts;  ///< what the comments of the files point into
    unit_view view;
    /// Files that could not be read: path and why.
    std::vector<std::pair<std::string, std::string>> unreadable;
};

/// The drop-ins of a unit in the order in which they hold: by file name, whatever their folder;
/// of two with one name the one in the more specific folder, then in the earlier root. An empty
/// file and a link to /dev/null hide those of their name.
/// `roots`  folders of units, the most important first; what is not there is passed over
[[nodiscard]] std::vector<std::filesystem::path> find_drop_ins(
    std::string_view file_name, std::span<const std::filesystem::path> roots);

/// `file`   "systemd/web.service"
/// `roots`  further folders in which drop-ins may lie, less important than the unit's own
[[nodiscard]] loaded_unit load_unit(const std::filesystem::path& file,
                                    std::span<const std::filesystem::path> roots = {});

/// A unit by its name, which may be that of an instance whose file is the template.
/// `file`   the unit's own; empty where it is not at hand: its drop-ins are read all the same
/// `roots`  the folders in which drop-ins lie, the most important first
[[nodiscard]] loaded_unit load_unit(std::string_view name, const std::filesystem::path& file,
                                    std::span<const std::filesystem::path> roots);

}  // namespace lastcall::lint

// Which files a program has its settings from: those on its command line, else those where it
// looks by itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "doctor/settings/program_words.hpp"
#include "doctor/settings/surroundings.hpp"
#include "lint/conf/conf_kind.hpp"

namespace lastcall::doctor {

struct settings_file {
    std::string path;  ///< as the process sees it
    lint::conf_kind kind = lint::conf_kind::none;
};

struct settings_files {
    std::vector<settings_file> files;  ///< in their order: what stands in an earlier one holds
    bool is_all = false;               ///< all of them are read; else the first that is there
    bool is_needed = false;            ///< it does not start without one
    bool has_others = false;           ///< and some more, which are not read here
};

/// `program`  a name of lint's drain_setting
[[nodiscard]] settings_files settings_files_of(std::string_view program, const seen_process& one,
                                               const surroundings& around);

}  // namespace lastcall::doctor

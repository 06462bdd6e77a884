// What the name of a unit says: systemd.unit(5).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {

/// "worker@a.service": prefix "worker", instance "a", suffix "service". A template has an empty
/// instance, and is_template is set.
struct unit_name {
    std::string full;
    std::string prefix;
    std::string instance;
    std::string suffix;
    bool is_template = false;
};

[[nodiscard]] unit_name read_unit_name(std::string_view file_name);

/// The folders whose *.conf files are added to a unit, the most specific first:
/// "a-b@x.service.d", "a-b@.service.d", "a-@x.service.d", "a-@.service.d", "service.d".
[[nodiscard]] std::vector<std::string> drop_in_folders(std::string_view file_name);

/// A value with its specifiers (%i, %t, %%) put in, as far as the name and the layout of a system
/// manager tell them.
struct specified_text {
    mapped_text text;
    bool is_known = true;  ///< nothing is left of which only the running system knows the value
};

[[nodiscard]] specified_text expand_specifiers(const mapped_text& value, const unit_name& name);

}  // namespace lastcall::lint

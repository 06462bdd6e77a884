// The object literals of a JavaScript or JSON file, as far as their values are literals.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/text/line_index.hpp"

namespace lastcall::lint {

struct js_value {
    std::string key;
    place key_at;
    std::optional<std::string> text;  ///< of a string, number, true or false; unset: of another
    place at;
};

struct js_object {
    std::vector<js_value> values;
    bool is_open = false;  ///< `...others` may add to it
    std::string key;       ///< that it, or the list that it is in, is the value of

    [[nodiscard]] const js_value* find(std::string_view wanted) const;
};

/// In the order of their ends. Of garbage at most 10,000.
[[nodiscard]] std::vector<js_object> read_js_objects(std::string_view text);

}  // namespace lastcall::lint

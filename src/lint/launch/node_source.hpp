// What the source of a program of Node.js says about its connections.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "lint/text/place.hpp"

namespace lastcall::lint {

struct found_keep_alive {
    std::chrono::milliseconds value{0};
    place at;
};

/// `server.keepAliveTimeout = 65_000`. Unset: not said, not once, or computed of more than numbers.
/// https://nodejs.org/api/http.html#serverkeepalivetimeout
[[nodiscard]] std::optional<found_keep_alive> keep_alive_in_source(std::string_view text);

/// A number of JavaScript, or a product of some: "65_000", "65 * 1000". Unset: anything else.
[[nodiscard]] std::optional<std::chrono::milliseconds> product_of_numbers(
    std::string_view expression);

}  // namespace lastcall::lint

// The time that a configuration gives the work of its program at a stop.
#pragma once

#include <chrono>
#include <optional>

#include "lint/conf/configuration.hpp"
#include "lint/conf/drain_setting.hpp"

namespace lastcall::lint {

struct drain_value {
    std::chrono::milliseconds time{0};  ///< drain_setting::without_end: as long as it takes
    place at;
};

/// The only item of that name that has a value. Null: there is none, or another one may hold.
[[nodiscard]] const conf_item* only_setting(const conf_file& file, std::string_view name);

/// A time as this setting is written; ":forever" of puma, too.
[[nodiscard]] std::optional<std::chrono::milliseconds> drain_time(std::string_view text,
                                                                  const drain_setting& of);

/// The longest that the file says. Unset: it says nothing, or nothing that can be told (a value
/// that is computed, parts for some profiles).
[[nodiscard]] std::optional<drain_value> find_drain(const configuration& in,
                                                    const drain_setting& of);

/// It names the setting, whether or not its value can be told.
[[nodiscard]] bool names_drain(const configuration& in, const drain_setting& of);

}  // namespace lastcall::lint

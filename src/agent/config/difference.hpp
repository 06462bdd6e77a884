// What a new configuration changes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/config/service_spec.hpp"

namespace lastcall::agent {

/// What it takes until a change is in force.
enum class change_needs : std::uint8_t {
    nothing,         ///< only its place in the file
    note,            ///< it is looked at when it matters: restart terms, the bake window
    new_generation,  ///< a program gets it when it starts: a deploy
};
[[nodiscard]] std::string_view to_string(change_needs value) noexcept;

struct field_change {
    std::string path;           ///< "stop.grace_ns", "command"
    std::string before, after;  ///< JSON; of environment only the names, for values are secrets
    change_needs needs = change_needs::nothing;
};

struct service_change {
    std::string name;
    std::vector<field_change> fields;
    [[nodiscard]] change_needs needs() const noexcept;  ///< the most that one of them needs
};

struct host_difference {
    std::vector<std::string> added;    ///< in the order of the new one's start
    std::vector<std::string> removed;  ///< in the order of the old one's stop
    std::vector<service_change> changed;
    std::vector<field_change> host;  ///< api, stop_within, journal

    [[nodiscard]] bool is_empty() const noexcept {
        return added.empty() && removed.empty() && changed.empty() && host.empty();
    }
};

[[nodiscard]] host_difference difference(const host_spec& before, const host_spec& after);
/// One service against itself; without what only is its line in the file.
[[nodiscard]] service_change difference(const service_spec& before, const service_spec& after);

}  // namespace lastcall::agent

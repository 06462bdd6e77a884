// The parts of lastcall.yaml: each reads the value of one key. Errors: bad_value, or
// problems written down at their entries.
#pragma once

#include "agent/config/service_spec.hpp"
#include "agent/config/surroundings.hpp"
#include "agent/config/yaml_entry.hpp"

namespace lastcall::agent {

/// What the parts are held against.
struct reading {
    const surroundings& here;
    std::string folder;  ///< of the file; paths in it are relative to it
};

void read_sockets(const yaml_entry& entry, const reading& with, std::vector<socket_spec>& into);

/// What a check is for: its defaults, and what makes no sense there.
enum class check_use : std::uint8_t { ready, live, bake };
[[nodiscard]] check_spec read_check(const yaml_entry& entry, check_use use);

void read_stop(const yaml_entry& entry, stop_spec& into);
void read_restart(const yaml_entry& entry, core::restart_terms& into);
void read_limits(const yaml_entry& entry, limit_spec& into);
void read_deploy(const yaml_entry& entry, deploy_spec& into);
void read_traffic(const yaml_entry& entry, const reading& with, traffic_spec& into);
void read_log(const yaml_entry& entry, log_spec& into);
void read_user(const yaml_entry& entry, const reading& with, std::string& into);
void read_environment(const yaml_entry& entry, std::map<std::string, std::string>& into);
void read_service(const std::string& name, const yaml_entry& entry, const reading& with,
                  service_spec& into);

// Takers for members of one form.
[[nodiscard]] entry_taker duration_into(std::chrono::nanoseconds& into);
[[nodiscard]] entry_taker duration_into(std::chrono::nanoseconds& into,
                                        std::chrono::nanoseconds least, std::string because);
[[nodiscard]] entry_taker text_into(std::string& into);
[[nodiscard]] entry_taker truth_into(bool& into);
[[nodiscard]] entry_taker bytes_into(std::uint64_t& into, std::uint64_t least);
template <class Whole>
[[nodiscard]] entry_taker whole_into(Whole& into, std::int64_t least, std::int64_t most) {
    return [&into, least, most](const yaml_entry& entry) {
        into = static_cast<Whole>(entry.whole(least, most));
    };
}

}  // namespace lastcall::agent

// Reads lastcall.yaml. docs/lastcall-yaml.md
#pragma once

#include <string>
#include <vector>

#include "agent/config/problem.hpp"
#include "agent/config/service_spec.hpp"
#include "agent/config/surroundings.hpp"

namespace lastcall::agent {

/// What a file holds, and all that is wrong with it.
struct host_reading {
    host_spec spec;                 ///< not to be used when it has errors
    std::vector<problem> problems;  ///< in the order of the file; warnings among them
    std::string text;               ///< of the file, for excerpts
    problem api_listen;             ///< only the place of api.listen, for who tries it

    [[nodiscard]] bool is_good() const;  ///< nothing but warnings
};

/// Errors: config::settings_error: the file cannot be read at all.
[[nodiscard]] host_reading look_at_host(const std::string& file,
                                        const surroundings& here = this_machine());

/// The same of a text that came from elsewhere (the API).
/// `file`    for messages
/// `folder`  absolute; what relative paths are relative to
[[nodiscard]] host_reading look_at_text(std::string text, const std::string& file,
                                        const std::string& folder,
                                        const surroundings& here = this_machine());

/// For who only wants a good one. Errors: config_error with all problems.
[[nodiscard]] host_spec read_host(const std::string& file,
                                  const surroundings& here = this_machine());

}  // namespace lastcall::agent

#include "lint/rules/dockerfile/entry_front.hpp"

#include <algorithm>
#include <system_error>

#include "lint/rules/dockerfile/docker_case.hpp"
#include "lint/text/read_file.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

/// As many as a Dockerfile looks for its context in.
constexpr int folders_to_look_in = 3;

bool comes_to(const launch_chain& chain, const fs::path& script) {
    return !chain.hops.empty() && has_group_init(chain.hops.front()) &&
           std::any_of(chain.hops.begin(), chain.hops.end(), [&](const launch_hop& hop) {
               return hop.script != nullptr && !hop.is_inline &&
                      fs::path(hop.script->file()).lexically_normal() == script.lexically_normal();
           });
}

}  // namespace

bool has_group_init_in_front(const fs::path& script) {
    fs::path folder = script.parent_path();
    for (int i = 0; i < folders_to_look_in; ++i, folder /= "..") {
        const auto path = (folder / "Dockerfile").lexically_normal();
        std::error_code failed;
        const auto read = fs::is_regular_file(path, failed) ? read_file(path) : read_bytes{};
        if (!read.text) {
            continue;
        }
        file_report scratch(path.string(), *read.text);
        if (comes_to(docker_case(path, *read.text, scratch).chain(), script)) {
            return true;
        }
    }
    return false;
}

}  // namespace lastcall::lint

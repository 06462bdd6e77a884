// A script whose runtime does nothing on SIGTERM by itself, as process 1 of a container.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "lint/launch/launch_chain.hpp"

namespace lastcall::lint {

/// A file that the container has, as it lies on the disk.
struct source_file {
    std::string name;            ///< as it is shown
    std::filesystem::path path;  ///< empty: it lies in another file
    std::string text;
};

/// By its path in the container. Unset: it is not at hand.
using source_finder = std::function<std::optional<source_file>(const std::string& path)>;

enum class handling : std::uint8_t { found, none, unknown };

struct runtime_start {
    std::string runtime;  ///< "node"
    std::string source;   ///< "./server.js", as it is written
    handling how = handling::unknown;
    std::string looked_at;  ///< the file in which nothing was found
};

/// The script that the runtime is given: the first word that is no option. Empty: a module (-m), a
/// program in a word (-e, -c), or nothing.
[[nodiscard]] std::string main_source(const launch_hop& hop);

/// Unset: another program is process 1, or one that is no script.
[[nodiscard]] std::optional<runtime_start> runtime_as_init(const launch_chain& chain,
                                                           const source_finder& find);

}  // namespace lastcall::lint

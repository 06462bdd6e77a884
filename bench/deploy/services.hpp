// The programs that run as services: none of them knows of lastcall up, and `orders` has the
// library.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "shared/results.hpp"

namespace deploy_bench {

struct service {
    std::string name;  ///< "Node"
    std::string ready = "/";
    bool tells_version = false;  ///< the answer begins with the character of its version
    /// Makes its files in `home`.
    std::function<std::vector<std::string>(int port, char version, const std::string& home)>
        command;
};

/// Unset: node is not installed.
[[nodiscard]] std::optional<service> node_service();
/// Unset: nginx is not installed. One worker.
[[nodiscard]] std::optional<service> nginx_service();
[[nodiscard]] service orders_service(const std::string& bin);

/// Node where it is there. Errors: std::runtime_error.
[[nodiscard]] service require_node();

}  // namespace deploy_bench

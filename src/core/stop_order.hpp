// In which order the services of a host start and stop: every one starts after those that it
// names, and stops before them. Independents share a stage.
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace lastcall::core {

struct ordered_service {
    std::string name;
    std::vector<std::string> after;  ///< these must be ready first
};

/// The services cannot be ordered. what() says which and why.
class order_error : public std::invalid_argument {
public:
    order_error(const std::string& message, std::size_t service)
        : std::invalid_argument(message), service_(service) {}
    /// The place in the list of the one that is to be changed.
    [[nodiscard]] std::size_t service() const noexcept { return service_; }

private:
    std::size_t service_;
};

using stages = std::vector<std::vector<std::string>>;

/// Each service in the first stage in which all that it comes after are ready, within a stage
/// in the order given.
/// Errors: order_error: a name twice, an unknown name in `after` (with the known ones), a
///         cycle (with its chain).
[[nodiscard]] stages start_stages(std::span<const ordered_service> services);

/// Each service in the first stage before which all that come after it have stopped, within a
/// stage in the reverse of the order given. Errors: as above.
[[nodiscard]] stages stop_stages(std::span<const ordered_service> services);

}  // namespace lastcall::core

// Which paths there are, with which methods, and which role each needs. The same table as
// docs/agent-api.yaml; a test compares them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <lastcall/http.hpp>

namespace lastcall::agent {

enum class role : std::uint8_t { none, read, deploy, approve };
[[nodiscard]] std::string_view to_string(role value) noexcept;
/// Returns: nothing for what is no role that a token can have.
[[nodiscard]] std::optional<role> to_role(std::string_view text) noexcept;

/// `deploy` and `approve` include `read`, and not each other.
[[nodiscard]] bool allows(role has, role needed) noexcept;

enum class operation : std::uint8_t {
    show,
    show_service,
    deploy,
    rollback,
    restart,
    start,
    stop,
    service_history,
    logs,
    show_deploy,
    approve,
    reject,
    events,
    journal,
    apply,
    stop_all,
    upgrade,
    metrics,
    ready,
};

struct route {
    http::verb method;
    std::string_view path;  ///< with {name} or {number} in it
    role needs;
    operation what;
};
[[nodiscard]] std::span<const route> routes() noexcept;

struct routed {
    const route* to = nullptr;
    std::string name;         ///< what stands for {name}, decoded
    std::int64_t number = 0;  ///< what stands for {number}
};

/// Errors: api_error 404, naming the nearest path; 405 with Allow; 400 (escapes).
[[nodiscard]] routed find_route(http::verb method, std::string_view path);

}  // namespace lastcall::agent

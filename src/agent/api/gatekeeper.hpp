// Who asks, and whether they may ask at all.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include <lastcall/http.hpp>

#include "agent/api/failure_limit.hpp"
#include "agent/api/tokens.hpp"
#include "agent/journal/journal.hpp"

namespace lastcall::agent {

struct identity {
    actor who;
    role has = role::none;
    bool has_all_roles = false;

    [[nodiscard]] bool may(role needed) const noexcept {
        return has_all_roles || allows(has, needed);
    }
};

/// For the unix socket. Errors of `identify`: api_error 403, 400 (a token is sent along).
class local_gatekeeper {
public:
    local_gatekeeper();
    [[nodiscard]] identity identify(const http::exchange& from) const;

private:
    std::map<std::uint32_t, std::string> allowed_;  ///< uid, name
};

/// For TLS. Errors of `identify`: api_error 401 with WWW-Authenticate (RFC 6750, section 3),
/// 429 with Retry-After after too many of them, 503 (tokens file).
class token_gatekeeper {
public:
    token_gatekeeper(std::string file, unsigned most_failures, std::chrono::seconds window,
                     std::function<void(const std::string&)> log)
        : tokens_(std::move(file)), failures_(most_failures, window), log_(std::move(log)) {}
    [[nodiscard]] identity identify(const http::exchange& from);

private:
    [[noreturn]] void refuse(const http::exchange& from, const std::string& why, bool was_given);

    token_file tokens_;
    failure_limit failures_;
    std::function<void(const std::string&)> log_;
};

}  // namespace lastcall::agent

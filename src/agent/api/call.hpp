// One request on its way through the API: who asks, for what, and the answer, once.
#pragma once

#include <atomic>
#include <exception>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include <lastcall/http.hpp>

#include "agent/api/api_error.hpp"
#include "agent/api/metrics.hpp"
#include "agent/api/routes.hpp"
#include "agent/api/to_json.hpp"
#include "agent/commands.hpp"

namespace lastcall::agent {

class call {
public:
    call(http::exchange from, tally& counts, const std::string& version)
        : exchange_(std::move(from)), counts_(counts), version_(version) {}

    actor who;
    role has = role::none;
    routed at;

    [[nodiscard]] const http::request& request() const noexcept { return exchange_.request(); }
    [[nodiscard]] const http::exchange& from() const noexcept { return exchange_; }

    /// Threads: any. The first one counts, whichever of the three it is.
    void reply(http::status code, const nlohmann::json& body, const std::string& location = {});
    void reply_text(http::status code, std::string_view type, std::string body);
    /// By the kind of the exception: refusal, api_error, settings_error; else 500.
    void fail(const std::exception_ptr& why);

    /// What every answer of the API begins with.
    [[nodiscard]] http::response head(http::status code, std::string_view type) const;

    /// For answers that are sent bit by bit; counts as 200. Nothing else is answered then.
    [[nodiscard]] http::exchange take();

private:
    void send(http::response answer);
    [[nodiscard]] http::response json_head(http::status code, const nlohmann::json& body) const;

    http::exchange exchange_;
    std::atomic<bool> is_answered_{false};
    tally& counts_;
    const std::string& version_;
};

/// Kept by whoever will answer; gone without an answer it answers 500.
using call_ref = std::shared_ptr<call>;

/// A deploy that goes on: 202, and where to look at it.
[[nodiscard]] commands::answer<deploy_view> answer_to_deploy(const call_ref& c);

template <class Value>
[[nodiscard]] commands::answer<Value> answer_to(const call_ref& c, http::status good) {
    return [c, good](const Value& value, const std::exception_ptr& error) {
        error ? c->fail(error) : c->reply(good, to_json(value));
    };
}

}  // namespace lastcall::agent

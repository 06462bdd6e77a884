#include "agent/api/call.hpp"

#include "agent/api/api.hpp"
#include "config/values.hpp"

namespace lastcall::agent {

using http::field;
using http::status;

namespace {

struct kind_of_refusal {
    status answer;
    std::string_view code;
};

kind_of_refusal kind_of(refusal::kind why) {
    switch (why) {
        case refusal::kind::invalid:
            return {status::unprocessable_entity, "invalid"};
        case refusal::kind::not_found:
            return {status::not_found, "not_found"};
        case refusal::kind::conflict:
            return {status::conflict, "conflict"};
        case refusal::kind::forbidden:
            return {status::forbidden, "forbidden"};
        case refusal::kind::unavailable:
            break;
    }
    return {status::service_unavailable, "unavailable"};
}

nlohmann::json error_body(std::string_view code, const std::string& message,
                          const std::string& hint) {
    nlohmann::json error = {{"code", code}, {"message", message}};
    if (!hint.empty()) {
        error["hint"] = hint;
    }
    return {{"error", std::move(error)}};
}

}  // namespace

http::response call::head(status code, std::string_view type) const {
    http::response made(code, 11);
    made.set("Lastcall-Api", std::to_string(api_number));
    made.set("Lastcall-Version", version_);
    made.set(field::content_type, boost::beast::string_view(type.data(), type.size()));
    made.set(field::cache_control, "no-store");
    return made;
}

void call::send(http::response answer) {
    if (!is_answered_.exchange(true)) {
        counts_.note_answer(answer.result_int());
        std::move(exchange_).respond(std::move(answer));
    }
}

http::response call::json_head(status code, const nlohmann::json& body) const {
    http::response made = head(code, "application/json");
    made.body() = text_of(body) + "\n";
    return made;
}

void call::reply(status code, const nlohmann::json& body, const std::string& location) {
    http::response made = json_head(code, body);
    if (!location.empty()) {
        made.set(field::location, location);
    }
    send(std::move(made));
}

void call::reply_text(status code, std::string_view type, std::string body) {
    http::response made = head(code, type);
    made.body() = std::move(body);
    send(std::move(made));
}

void call::fail(const std::exception_ptr& why) {
    try {
        std::rethrow_exception(why);
    } catch (const refusal& e) {
        const auto kind = kind_of(e.why());
        send(json_head(kind.answer, error_body(kind.code, e.what(), e.hint())));
    } catch (const api_error& e) {
        http::response made = json_head(e.status(), error_body(e.code(), e.what(), e.hint()));
        if (e.field.name != field::unknown) {
            made.set(e.field.name, e.field.value);
        }
        send(std::move(made));
    } catch (const config::settings_error& e) {
        send(json_head(status::unprocessable_entity, error_body("invalid", e.what(), {})));
    } catch (const std::exception& e) {
        send(json_head(status::internal_server_error, error_body("internal", e.what(), {})));
    } catch (...) {
        send(json_head(status::internal_server_error,
                       error_body("internal", "the agent failed", {})));
    }
}

http::exchange call::take() {
    is_answered_ = true;
    counts_.note_answer(200);
    return std::move(exchange_);
}

commands::answer<deploy_view> answer_to_deploy(const call_ref& c) {
    return [c](const deploy_view& value, const std::exception_ptr& error) {
        error ? c->fail(error)
              : c->reply(status::accepted, to_json(value),
                         "/v1/deploys/" + std::to_string(value.number));
    };
}

}  // namespace lastcall::agent

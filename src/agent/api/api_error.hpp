// Why a request gets no answer of the kind it asked for.
#pragma once

#include <stdexcept>
#include <string>

#include <lastcall/http.hpp>

namespace lastcall::agent {

/// Becomes {"error": {"code", "message", "hint"}} with its status.
class api_error : public std::runtime_error {
public:
    api_error(http::status answer, std::string code, const std::string& message,
              std::string hint = {})
        : std::runtime_error(message),
          status_(answer),
          code_(std::move(code)),
          hint_(std::move(hint)) {}

    [[nodiscard]] http::status status() const noexcept { return status_; }
    [[nodiscard]] const std::string& code() const noexcept { return code_; }
    [[nodiscard]] const std::string& hint() const noexcept { return hint_; }

    /// A field of the answer, as Allow of a 405.
    struct answer_field {
        http::field name = http::field::unknown;
        std::string value{};
    };
    answer_field field{};

    /// The same with a field.
    [[nodiscard]] api_error with(http::field name, std::string value) && {
        field = {name, std::move(value)};
        return std::move(*this);
    }

private:
    http::status status_;
    std::string code_;
    std::string hint_;
};

/// 400.
[[noreturn]] inline void refuse_request(const std::string& message, std::string hint = {}) {
    throw api_error(http::status::bad_request, "bad_request", message, std::move(hint));
}

}  // namespace lastcall::agent

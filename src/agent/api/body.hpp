// The JSON body of a request, read strictly: every field is known and of its type.
#pragma once

#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include <lastcall/http.hpp>

namespace lastcall::agent {

class request_body {
public:
    /// An empty body is an object without fields.
    /// Errors: api_error: 415 (a Content-Type that is not JSON's); 400 (no JSON, no object,
    ///         nested too deep, a key twice, a field that is not among `known`).
    request_body(const http::request& from, std::initializer_list<std::string_view> known);

    // What is absent is empty, or false. Errors: api_error 400: another type, or a NUL, which
    // no argument and no variable of a process can hold.
    [[nodiscard]] std::string text(const std::string& name) const;
    /// Errors also: it is absent or empty.
    [[nodiscard]] std::string required_text(const std::string& name) const;
    [[nodiscard]] bool truth(const std::string& name) const;
    [[nodiscard]] std::vector<std::string> texts(const std::string& name) const;
    [[nodiscard]] std::map<std::string, std::string> text_map(const std::string& name) const;

    /// The same text for bodies that say the same.
    [[nodiscard]] std::string canonical() const;

private:
    nlohmann::json all_;
};

/// Checks the Content-Type, if there is one. Errors: api_error 415.
void expect_content_type(const http::request& from, std::initializer_list<std::string_view> known);

}  // namespace lastcall::agent

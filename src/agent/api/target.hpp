// What a request target says: RFC 3986, read strictly.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lastcall::agent {

/// Decodes %XX. Errors: api_error 400: a bad escape, a control character, no UTF-8.
[[nodiscard]] std::string decode_part(std::string_view text);

/// Encodes everything but unreserved characters.
[[nodiscard]] std::string encode_part(std::string_view text);

class query_values {
public:
    /// Errors: api_error 400: a name that is not among `known`, or comes twice.
    query_values(std::string_view query, std::initializer_list<std::string_view> known);

    /// Empty when it is not there.
    [[nodiscard]] std::string text(const std::string& name) const;
    /// Errors: api_error 400: no whole number from `least` to `most`.
    [[nodiscard]] std::int64_t whole(const std::string& name, std::int64_t otherwise,
                                     std::int64_t least, std::int64_t most) const;
    /// 1 or true, 0 or false. Errors: api_error 400.
    [[nodiscard]] bool truth(const std::string& name) const;
    /// Values separated by commas.
    [[nodiscard]] std::vector<std::string> list(const std::string& name) const;

private:
    std::map<std::string, std::string> values_;
};

/// A whole number as a path or a field has it: digits, not negative.
[[nodiscard]] std::optional<std::int64_t> read_whole(std::string_view text) noexcept;

}  // namespace lastcall::agent

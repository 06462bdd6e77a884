// SHA-256, as "sha256:HEX".
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sys/held_file.hpp"

namespace lastcall::agent {

class digest {
public:
    digest();
    ~digest();
    digest(const digest&) = delete;
    digest& operator=(const digest&) = delete;

    digest& add(std::string_view bytes);
    /// Once.
    [[nodiscard]] std::string text();

private:
    struct state;
    std::unique_ptr<state> state_;
};

[[nodiscard]] std::string digest_of(std::string_view bytes);
/// All of a file, from its beginning. Errors: std::system_error.
[[nodiscard]] std::string digest_of(const sys::held_file& file);

/// "sha256:1f3a9c…", for people.
[[nodiscard]] std::string short_digest(std::string_view whole);

}  // namespace lastcall::agent

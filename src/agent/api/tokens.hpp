// Bearer tokens of the TLS listener: a file of names, roles and hashes. docs/agent-api.md
#pragma once

#include <array>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/api/routes.hpp"
#include "sys/readable_file.hpp"

namespace lastcall::agent {

/// A token is 32 random bytes, so that one round of SHA-256 is enough to keep it: nobody can
/// try them all.
struct new_token {
    std::string secret;  ///< "lct_" and 43 characters; shown once
    std::string hash;    ///< "sha256:" and 64 hexadecimal digits
};
/// Errors: std::runtime_error: no randomness.
[[nodiscard]] new_token make_token();

/// "sha256:…" of a secret.
[[nodiscard]] std::string hash_of_token(std::string_view secret);

/// An entry of the file, as YAML. Errors: std::invalid_argument: the name.
[[nodiscard]] std::string token_entry(const std::string& name, role has, const std::string& hash,
                                      std::optional<std::chrono::nanoseconds> expires);

/// Whether `name` can be one: letters, digits, '.', '_' and '-', 64 at most.
[[nodiscard]] bool is_token_name(std::string_view name) noexcept;

/// Adds an entry to the file at `path`, which is made with mode 0600 if it is not there.
/// Errors: config::settings_error: the file is not good, has that name, or is not written so
///         that an entry can be put behind its end; std::system_error. Nothing is changed then.
void add_token(const std::string& path, const std::string& entry);

class token_file {
public:
    struct token {
        std::string name;
        role has = role::read;
        std::array<unsigned char, 32> hash{};
        std::optional<std::chrono::nanoseconds> expires;  ///< since 1970
    };
    enum class outcome : std::uint8_t { good, unknown, expired };
    struct found {
        outcome what = outcome::unknown;
        std::string name;
        role has = role::none;
    };

    /// Errors: config::settings_error with file and line; std::system_error.
    explicit token_file(std::string path);

    /// Reads the file again when it has changed. From a file that is not good any more no token
    /// is taken. Every entry is compared, in constant time each.
    /// Errors: as the constructor.
    /// Threads: any.
    [[nodiscard]] found look_up(std::string_view secret, std::chrono::nanoseconds now);

private:
    void refresh();

    std::string path_;
    std::mutex mutex_;
    std::vector<token> tokens_;
    sys::file_facts read_;
    bool is_good_ = false;
};

}  // namespace lastcall::agent

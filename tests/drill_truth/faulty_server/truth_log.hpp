// What the server did, one line of JSON for each deed, in the file before the client can know:
// a line is written with one write() to a descriptor with O_APPEND.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace faulty {

/// Nanoseconds on CLOCK_MONOTONIC, the clock of the drill's own records.
[[nodiscard]] std::int64_t now_ns() noexcept;

/// One line. Values are taken as they are given; the server's texts are ASCII, and those of
/// clients are escaped.
class truth_line {
public:
    explicit truth_line(std::string_view event);
    truth_line& text(std::string_view name, std::string_view value);
    truth_line& number(std::string_view name, std::int64_t value);
    truth_line& flag(std::string_view name, bool value);
    [[nodiscard]] std::string done() const { return json_ + "}\n"; }

private:
    std::string json_;
};

class truth_log {
public:
    /// Errors: std::system_error when the file can not be opened.
    explicit truth_log(const std::filesystem::path& file);
    truth_log(const truth_log&) = delete;
    truth_log& operator=(const truth_log&) = delete;
    ~truth_log();

    /// A truth that cannot be written ends the program (status 70): a test would be decided
    /// by half of the truth.
    void add(const truth_line& line) noexcept;

private:
    int file_;
};

}  // namespace faulty

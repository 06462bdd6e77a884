// What a service says when it is asked what is in flight: lines of tab-separated fields,
// for the keeper, the doctor and people with a socket tool. docs/status-socket.md shows one.
//
// The first line names the protocol and its version. A reader skips lines whose word it
// does not know and fields behind those that it knows, so both may be added within a
// version. Neither side allocates.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace lastcall::wire {

inline constexpr std::string_view in_flight_request = "lastcall-status\t1\tin_flight\n";

/// No request and no answer is longer.
inline constexpr std::size_t largest_request = 256;
inline constexpr std::size_t largest_status = 16 * 1024;

/// A text in a field is cut here, before it is escaped.
inline constexpr std::size_t longest_text = 200;

/// Whether `message` asks what is in flight, in this version.
[[nodiscard]] bool asks_what_is_in_flight(std::string_view message) noexcept;

/// Writes an answer into somebody else's memory. A line that does not fit is left out as a
/// whole, and so is all that follows; the answer then says `cut` before its `end`.
class status_writer {
public:
    using milliseconds = std::chrono::milliseconds;

    /// `memory`  at least 64 bytes; what is beyond `largest_status` is not used.
    explicit status_writer(std::span<char> memory) noexcept;
    status_writer(const status_writer&) = delete;
    status_writer& operator=(const status_writer&) = delete;

    void service(std::string_view name) noexcept;
    void state(std::string_view word) noexcept;
    /// Until the service ends itself. Negative: that should have happened.
    void remaining(milliseconds left) noexcept;
    void step(std::string_view component, std::string_view step, milliseconds age,
              milliseconds share) noexcept;
    void gate(std::string_view name, std::uint64_t inside, bool is_open) noexcept;
    /// Of the gate before it. `thread` as the service's own PID namespace numbers it.
    void pass(std::string_view label, milliseconds age, int thread) noexcept;
    /// So many passes of the gate before it are not listed.
    void more(std::uint64_t count) noexcept;
    void degraded(std::string_view what) noexcept;

    /// Ends the answer. Returns: all of it.
    [[nodiscard]] std::string_view finish() noexcept;

private:
    class line;
    std::span<char> memory_;
    std::size_t size_ = 0;
    bool is_cut_ = false;
};

enum class status_word : std::uint8_t {
    service,
    state,
    remaining,
    step,
    gate,
    pass,
    more,
    degraded,
    cut,
    end,
};

/// One line, unescaped. Only the fields of its word are set.
struct status_line {
    status_word word = status_word::end;
    std::string_view name;  ///< of the service, state, component, gate or pass; the degraded mode
    std::string_view step;
    std::chrono::milliseconds time{0};  ///< remaining; age of a step or a pass
    std::chrono::milliseconds share{0};
    std::uint64_t count = 0;  ///< inside a gate; more
    int thread = 0;
    bool is_open = false;
};

/// Reads an answer, whatever it holds: what is malformed is skipped.
class status_reader {
public:
    /// `answer` is unescaped in place, and must outlive the lines.
    explicit status_reader(std::span<char> answer) noexcept;

    /// Whether the first line is that of a version that is understood. If not, there are
    /// no lines.
    [[nodiscard]] bool is_understood() const noexcept { return is_understood_; }

    /// Returns: false behind the last line, or behind `end`.
    bool next(status_line& into) noexcept;

private:
    std::span<char> rest_;
    bool is_understood_ = false;
};

}  // namespace lastcall::wire

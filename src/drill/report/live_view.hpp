// What is seen while a drill runs: on a terminal a block of lines that is drawn over itself,
// elsewhere a line now and then. It has no clock and no terminal of its own: times are told
// to it, and what it draws goes where the caller says.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "drill/record/outcome.hpp"

namespace lastcall::drill {

/// The load's counters at one moment.
struct live_numbers {
    std::uint64_t answered = 0;
    std::uint64_t lost = 0;
    std::uint64_t connections = 0;
    std::uint64_t in_flight = 0;
    int ready = -1;  ///< 1, 0; -1: not known
    std::array<std::uint64_t, outcome_count> outcomes{};
};

struct live_style {
    bool is_terminal = false;  ///< may the cursor be moved
    bool colour = false;
    int width = 80;  ///< columns
};

/// Threads: one at a time.
class live_view {
public:
    /// Takes all of what is to be written at once, so that nothing flickers.
    using writer = std::function<void(std::string_view)>;

    live_view(live_style style, writer out);
    live_view(const live_view&) = delete;
    live_view& operator=(const live_view&) = delete;
    /// As finish().
    ~live_view();

    /// What is going on: "load", "waiting for the exit". Shown from the next update on; where
    /// the cursor can not be moved, at once and on a line of its own.
    void enter_phase(std::string_view text, std::chrono::nanoseconds since_begun);

    /// Something that stays on the screen: a mark, a step of the sequence.
    void add_event(std::string_view text, std::chrono::nanoseconds since_begun);

    /// Draws the block again; elsewhere a line when the last one is 5 s old.
    void update(const live_numbers& now, std::chrono::nanoseconds since_begun);

    /// The terminal has another width. What was drawn may have been wrapped by it.
    void resize(int width) noexcept { style_.width = width; }

    /// Leaves the last block where it is, and gives the cursor back. Further calls do nothing.
    void finish();

private:
    void print_line(std::string_view text, std::chrono::nanoseconds since_begun);
    [[nodiscard]] std::string erased() const;
    [[nodiscard]] std::vector<std::string> block(const live_numbers& now,
                                                 std::chrono::nanoseconds since_begun) const;
    [[nodiscard]] std::string plain_line(const live_numbers& now) const;
    void remember(const live_numbers& now, std::chrono::nanoseconds since_begun);

    live_style style_;
    writer out_;
    std::string phase_ = "start";
    std::vector<std::string> drawn_;         // the block that is on the screen
    std::deque<std::uint64_t> in_flight_;    // the last ones, for the curve
    std::chrono::nanoseconds line_due_{};    // where the cursor can not be moved
    std::chrono::nanoseconds rate_since_{};  // begin of the time that rate_ is made of
    std::uint64_t rate_from_ = 0;
    double rate_ = 0;
    bool is_cursor_hidden_ = false;
    bool is_finished_ = false;
};

}  // namespace lastcall::drill

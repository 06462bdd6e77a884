#include "drill/report/live_view.hpp"

#include <algorithm>

#include "drill/report/figures.hpp"
#include "drill/report/terminal_text.hpp"

namespace lastcall::drill {
namespace {

using duration = std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr auto between_lines = seconds(5);
constexpr auto rate_over = seconds(1);
constexpr std::size_t curve_length = 40;
constexpr int narrowest_view = 20;

std::string seconds_text(duration since_begun) {
    const auto tenths = std::max<std::int64_t>(since_begun.count() / 100'000'000, 0);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

std::string stamp(duration since_begun) { return padded_left(seconds_text(since_begun), 9) + "  "; }

std::string_view words(int ready) noexcept {
    return ready < 0 ? "not known" : ready == 0 ? "no" : "yes";
}

// A class that is worth a word while it runs: everything that is not simply an answer.
bool is_noteworthy(outcome result) noexcept { return blame_of(result) != blame::none; }

std::string not_fine(const live_numbers& now) {
    std::vector<outcome> seen;
    for (const auto result : all_outcomes()) {
        if (is_noteworthy(result) && now.outcomes[static_cast<std::size_t>(result)] != 0) {
            seen.push_back(result);
        }
    }
    std::ranges::stable_sort(seen, [&](outcome a, outcome b) {
        return now.outcomes[static_cast<std::size_t>(a)] >
               now.outcomes[static_cast<std::size_t>(b)];
    });
    std::string text;
    for (const auto result : seen) {
        text += (text.empty() ? "" : ", ") + std::string(describe(result)) + " " +
                thousands(now.outcomes[static_cast<std::size_t>(result)]);
    }
    return text;
}

}  // namespace

live_view::live_view(live_style style, writer out) : style_(style), out_(std::move(out)) {}

live_view::~live_view() { finish(); }

void live_view::enter_phase(std::string_view text, duration since_begun) {
    if (is_finished_) {
        return;
    }
    phase_ = harmless(text);
    if (!style_.is_terminal) {
        print_line(phase_, since_begun);
        line_due_ = since_begun + between_lines;
    }
}

void live_view::add_event(std::string_view text, duration since_begun) {
    if (!is_finished_) {
        print_line(harmless(text), since_begun);
    }
}

// On a terminal above the block, which is drawn again below it.
void live_view::print_line(std::string_view text, duration since_begun) {
    const auto line = stamp(since_begun).append(text);
    if (!style_.is_terminal) {
        out_(line + "\n");
        return;
    }
    const auto width = static_cast<std::size_t>(std::max(style_.width, narrowest_view));
    std::string all = erased() + cut(line, width - 1) + "\n";
    for (const auto& one : drawn_) {
        all += one + "\n";
    }
    out_(all);
}

void live_view::update(const live_numbers& now, duration since_begun) {
    if (is_finished_) {
        return;
    }
    remember(now, since_begun);
    if (!style_.is_terminal) {
        if (since_begun >= line_due_) {
            print_line(plain_line(now), since_begun);
            line_due_ = since_begun + between_lines;
        }
        return;
    }
    std::string all = is_cursor_hidden_ ? "" : "\x1b[?25l";
    is_cursor_hidden_ = true;
    all += erased();
    drawn_ = block(now, since_begun);
    for (const auto& one : drawn_) {
        all += one + "\n";
    }
    out_(all);
}

void live_view::finish() {
    if (is_finished_) {
        return;
    }
    is_finished_ = true;
    if (is_cursor_hidden_) {
        out_("\x1b[?25h");
    }
}

// To the first column of the block, and everything from there on away. A terminal that became
// narrower has wrapped the lines: they take more rows than there are lines.
std::string live_view::erased() const {
    if (drawn_.empty()) {
        return {};
    }
    const auto width = static_cast<std::size_t>(std::max(style_.width, 1));
    std::size_t rows = 0;
    for (const auto& one : drawn_) {
        // Colours take no columns: they are the only escapes in a line.
        std::size_t length = 0;
        bool is_escape = false;
        for (const char c : one) {
            is_escape = is_escape || c == '\x1b';
            const bool begins = (static_cast<unsigned char>(c) & 0xC0U) != 0x80;
            length += !is_escape && begins ? 1U : 0U;
            is_escape = is_escape && c != 'm';
        }
        rows += std::max<std::size_t>((length + width - 1) / width, 1);
    }
    return "\x1b[" + std::to_string(rows) + "A\r\x1b[J";
}

void live_view::remember(const live_numbers& now, duration since_begun) {
    in_flight_.push_back(now.in_flight);
    if (in_flight_.size() > curve_length) {
        in_flight_.pop_front();
    }
    const auto passed = since_begun - rate_since_;
    if (passed >= rate_over) {
        const auto more = now.answered >= rate_from_ ? now.answered - rate_from_ : 0;
        rate_ = static_cast<double>(more) / std::chrono::duration<double>(passed).count();
        rate_from_ = now.answered;
        rate_since_ = since_begun;
    }
}

std::vector<std::string> live_view::block(const live_numbers& now, duration since_begun) const {
    const auto width = static_cast<std::size_t>(std::max(style_.width, narrowest_view)) - 1;
    std::vector<std::string> lines;
    const auto add = [&](std::string_view name, std::string_view text, ink how) {
        lines.push_back(
            painted(cut(padded_right(name, 13).append(text), width), how, style_.colour));
    };
    lines.push_back(painted(cut("── " + seconds_text(since_begun) + "  " + phase_, width),
                            ink::strong, style_.colour));
    add("answered",
        thousands(now.answered) + "  (" + thousands(static_cast<std::uint64_t>(rate_)) +
            " a second)",
        ink::plain);
    add("lost", thousands(now.lost), now.lost == 0 ? ink::plain : ink::bad);
    std::string curve;
    const auto highest = static_cast<double>(std::ranges::max(in_flight_));
    for (const auto value : in_flight_) {
        curve += spark(static_cast<double>(value), highest);
    }
    add("in flight", padded_right(thousands(now.in_flight), 8) + curve, ink::plain);
    add("connections", thousands(now.connections), ink::plain);
    add("ready", words(now.ready), ink::plain);
    if (const auto text = not_fine(now); !text.empty()) {
        add("not fine", text, ink::open);
    }
    return lines;
}

std::string live_view::plain_line(const live_numbers& now) const {
    auto text = phase_ + ": " + thousands(now.answered) + " answered, " + thousands(now.lost) +
                " lost, " + thousands(now.in_flight) + " in flight, " +
                counted(now.connections, "connection") +
                ", ready: " + std::string(words(now.ready));
    const auto more = not_fine(now);
    return more.empty() ? text : text + "; " + more;
}

}  // namespace lastcall::drill

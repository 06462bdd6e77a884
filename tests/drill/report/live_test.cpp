#include "drill/report/live_view.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "core/utf8.hpp"
#include "drill/report/markup_check.hpp"

namespace lastcall::drill {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::contains;

// As much of a terminal as the view makes use of; anything else it counts as a mistake.
class terminal {
public:
    explicit terminal(std::size_t width) : width_(width) {}

    void take(std::string_view text) {
        while (!text.empty()) {
            if (text.front() == '\x1b') {
                const auto end = text.find_first_of("ABCDHJKhlm", 1);
                escape(text.substr(0, end + 1));
                text.remove_prefix(end + 1);
                continue;
            }
            const auto length = std::max<std::size_t>(core::character_length(text), 1);
            put(text.substr(0, length));
            text.remove_prefix(length);
        }
    }

    /// What a terminal does that keeps lines whole: those that are too long take more rows.
    void narrow(std::size_t width) {
        std::vector<std::vector<std::string>> rows;
        for (const auto& row : rows_) {
            for (std::size_t at = 0; at == 0 || at < row.size(); at += width) {
                rows.emplace_back(
                    row.begin() + static_cast<std::ptrdiff_t>(at),
                    row.begin() + static_cast<std::ptrdiff_t>(std::min(at + width, row.size())));
            }
        }
        rows_ = rows;
        width_ = width;
        row_ = rows_.size() - 1;
    }

    [[nodiscard]] std::string screen() const {
        std::string text;
        for (const auto& row : rows_) {
            for (const auto& character : row) {
                text += character;
            }
            text += "\n";
        }
        return text;
    }

    bool shows_cursor = true;
    int mistakes = 0;

private:
    void escape(std::string_view code) {
        if (code == "\x1b[?25l" || code == "\x1b[?25h") {
            shows_cursor = code.back() == 'h';
        } else if (code.back() == 'A') {
            const auto up = static_cast<std::size_t>(std::atoi(code.data() + 2));
            mistakes += up > row_ ? 1 : 0;
            row_ -= std::min(up, row_);
        } else if (code == "\x1b[J") {
            rows_.resize(row_ + 1);
            rows_[row_].resize(std::min(rows_[row_].size(), column_));
        } else if (code.back() != 'm') {
            ++mistakes;
        }
    }

    void put(std::string_view character) {
        if (character == "\n") {
            ++row_;
            column_ = 0;
            if (row_ == rows_.size()) {
                rows_.emplace_back();
            }
        } else if (character == "\r") {
            column_ = 0;
        } else {
            mistakes += column_ >= width_ ? 1 : 0;
            auto& row = rows_[row_];
            row.resize(std::max(row.size(), column_ + 1));
            row[column_++] = character;
        }
    }

    std::size_t width_;
    std::size_t row_ = 0;
    std::size_t column_ = 0;
    std::vector<std::vector<std::string>> rows_{1};
};

live_numbers some(std::uint64_t answered, std::uint64_t in_flight) {
    live_numbers now;
    now.answered = answered;
    now.in_flight = in_flight;
    now.connections = 103;
    now.ready = 1;
    return now;
}

std::size_t times(const std::string& text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

TEST(LiveView, DrawsItsBlockOverItself) {
    terminal screen(80);
    live_view view({true, false, 80}, [&](std::string_view text) { screen.take(text); });
    view.enter_phase("load", seconds(0));
    for (std::uint64_t i = 1; i <= 30; ++i) {
        view.update(some(i * 1000, i), milliseconds(100) * i);
    }
    EXPECT_EQ(screen.mistakes, 0);
    EXPECT_EQ(times(screen.screen(), "answered"), 1U) << screen.screen();
    EXPECT_TRUE(contains(screen.screen(), "answered     30,000  (10,000 a second)"));
    EXPECT_TRUE(contains(screen.screen(), "in flight    30"));
    EXPECT_TRUE(contains(screen.screen(), "▄"));
    EXPECT_TRUE(contains(screen.screen(), "3.0 s  load"));
}

TEST(LiveView, HidesTheCursorOnlyWhileItDraws) {
    terminal screen(80);
    {
        live_view view({true, true, 80}, [&](std::string_view text) { screen.take(text); });
        EXPECT_TRUE(screen.shows_cursor);
        view.update(some(1, 1), seconds(1));
        EXPECT_FALSE(screen.shows_cursor);
    }
    EXPECT_TRUE(screen.shows_cursor);
}

TEST(LiveView, KeepsEventsAboveItsBlock) {
    terminal screen(80);
    live_view view({true, false, 80}, [&](std::string_view text) { screen.take(text); });
    view.update(some(1, 1), seconds(1));
    view.add_event("SIGTERM sent", seconds(2));
    view.update(some(2, 1), seconds(3));
    view.add_event("exit +412 ms", seconds(4));
    view.update(some(3, 1), seconds(5));
    const auto text = screen.screen();
    EXPECT_EQ(times(text, "SIGTERM sent"), 1U);
    EXPECT_EQ(times(text, "connections"), 1U);
    EXPECT_LT(text.find("SIGTERM sent"), text.find("exit +412 ms"));
    EXPECT_LT(text.find("exit +412 ms"), text.find("answered"));
    EXPECT_EQ(screen.mistakes, 0);
}

TEST(LiveView, SurvivesATerminalThatBecomesNarrower) {
    terminal screen(100);
    live_view view({true, false, 100}, [&](std::string_view text) { screen.take(text); });
    auto now = some(1, 1);
    now.outcomes[static_cast<std::size_t>(outcome::closed_before_response)] = 12;
    now.outcomes[static_cast<std::size_t>(outcome::not_sent_closed)] = 4;
    view.update(now, seconds(1));
    screen.narrow(30);
    view.resize(30);
    view.update(now, seconds(2));
    EXPECT_EQ(times(screen.screen(), "answered"), 1U) << screen.screen();
    EXPECT_EQ(times(screen.screen(), "ready"), 1U) << screen.screen();
    EXPECT_EQ(screen.mistakes, 0);
}

TEST(LiveView, NamesWhatIsNotFineMostOftenFirst) {
    terminal screen(120);
    live_view view({true, false, 120}, [&](std::string_view text) { screen.take(text); });
    auto now = some(1, 1);
    now.lost = 14;
    now.outcomes[static_cast<std::size_t>(outcome::ok)] = 900;
    now.outcomes[static_cast<std::size_t>(outcome::refused)] = 2;
    now.outcomes[static_cast<std::size_t>(outcome::cut_in_body)] = 12;
    view.update(now, seconds(1));
    EXPECT_TRUE(contains(screen.screen(), "cut inside the body 12, connection refused 2"));
    EXPECT_FALSE(contains(screen.screen(), "900"));
}

TEST(LiveView, PrintsALineForEachEventWhereTheCursorCanNotBeMoved) {
    std::string out;
    live_view view({false, false, 80}, [&](std::string_view text) { out += text; });
    view.enter_phase("load", seconds(0));
    for (int i = 1; i <= 120; ++i) {
        view.update(some(1000, 7), milliseconds(100) * i);
    }
    view.add_event("SIGTERM sent", seconds(12));
    view.finish();
    EXPECT_EQ(out,
              "    0.0 s  load\n"
              "    5.0 s  load: 1,000 answered, 0 lost, 7 in flight, 103 connections, ready: yes\n"
              "   10.0 s  load: 1,000 answered, 0 lost, 7 in flight, 103 connections, ready: yes\n"
              "   12.0 s  SIGTERM sent\n");
}

TEST(LiveView, WritesNothingAfterItsEnd) {
    std::string out;
    live_view view({true, false, 80}, [&](std::string_view text) { out += text; });
    view.update(some(1, 1), seconds(1));
    view.finish();
    const auto before = out;
    view.update(some(2, 2), seconds(2));
    view.add_event("late", seconds(3));
    view.enter_phase("later", seconds(3));
    view.finish();
    EXPECT_EQ(out, before);
    EXPECT_TRUE(out.ends_with("\x1b[?25h"));
}

TEST(LiveView, WritesNoColourUnlessAsked) {
    const auto drawn = [](bool colour) {
        std::string out;
        live_view view({true, colour, 80}, [&](std::string_view text) { out += text; });
        auto now = some(1, 1);
        now.lost = 3;
        view.update(now, seconds(1));
        return out;
    };
    EXPECT_FALSE(contains(drawn(false), "\x1b[31m"));
    EXPECT_TRUE(contains(drawn(true), "\x1b[31m"));
}

TEST(LiveView, LetsNoTextSteerTheTerminal) {
    std::string out;
    live_view view({false, false, 80}, [&](std::string_view text) { out += text; });
    view.add_event("\x1b[2Jgone\r", seconds(1));
    EXPECT_EQ(out, "    1.0 s  \uFFFD[2Jgone\uFFFD\n");
}

}  // namespace
}  // namespace lastcall::drill

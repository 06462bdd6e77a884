#include "wire/status_message.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

namespace lastcall::wire {
namespace {

using namespace std::chrono_literals;

std::vector<status_line> lines_of(std::string& answer) {
    std::vector<status_line> all;
    status_reader reader(answer);
    for (status_line line; reader.next(line);) {
        all.push_back(line);
    }
    return all;
}

TEST(StatusMessage, IsThisText) {
    std::array<char, 1024> memory{};
    status_writer out(memory);
    out.service("orders");
    out.state("draining");
    out.remaining(2500ms);
    out.step("http", "drain", 4200ms, 9s);
    out.degraded("no membarrier");
    out.gate("http", 3, false);
    out.pass("GET /slow", 12100ms, 123);
    out.more(2);
    EXPECT_EQ(out.finish(),
              "lastcall-status\t1\n"
              "service\torders\n"
              "state\tdraining\n"
              "remaining\t2500\n"
              "step\thttp\tdrain\t4200\t9000\n"
              "degraded\tno membarrier\n"
              "gate\thttp\t3\tclosed\n"
              "pass\tGET /slow\t12100\t123\n"
              "more\t2\n"
              "end\n");
}

TEST(StatusMessage, IsReadAsItWasWritten) {
    std::array<char, 1024> memory{};
    status_writer out(memory);
    const std::string odd("tab\there\nline \\t back\\slash \x01 \x7f \xc3\xa4 \0 zero", 41);
    out.service(odd);
    out.remaining(-3ms);
    out.step("http", odd, 1ms, -2ms);
    out.gate("jobs", 18'446'744'073'709'551'615U, true);
    out.pass("", 0ms, 7);
    out.more(9);
    std::string answer(out.finish());
    const auto all = lines_of(answer);
    ASSERT_EQ(all.size(), 7U);
    EXPECT_EQ(all[0].word, status_word::service);
    EXPECT_EQ(all[0].name, odd);
    EXPECT_EQ(all[1].time, -3ms);
    EXPECT_EQ(all[2].name, "http");
    EXPECT_EQ(all[2].step, odd);
    EXPECT_EQ(all[2].time, 1ms);
    EXPECT_EQ(all[2].share, -2ms);
    EXPECT_EQ(all[3].count, 18'446'744'073'709'551'615U);
    EXPECT_TRUE(all[3].is_open);
    EXPECT_EQ(all[4].name, "");
    EXPECT_EQ(all[4].thread, 7);
    EXPECT_EQ(all[5].count, 9U);
    EXPECT_EQ(all[6].word, status_word::end);
}

TEST(StatusMessage, LeavesOutWholeLinesAndSaysSo) {
    for (std::size_t room = 64; room < 200; ++room) {
        std::vector<char> memory(room);
        status_writer out(memory);
        out.service("orders");
        for (int i = 0; i < 20; ++i) {
            out.pass("a label", 1ms, i);
        }
        out.state("ready");  // would fit where a pass did not: and yet nothing follows a gap
        std::string answer(out.finish());
        EXPECT_LE(answer.size(), room);
        const auto all = lines_of(answer);
        ASSERT_GE(all.size(), 3U) << answer;
        for (std::size_t i = 1; i + 2 < all.size(); ++i) {
            EXPECT_EQ(all[i].word, status_word::pass);
            EXPECT_EQ(all[i].thread, static_cast<int>(i) - 1);
        }
        EXPECT_EQ(all[all.size() - 2].word, status_word::cut);
        EXPECT_EQ(all.back().word, status_word::end);
    }
}

TEST(StatusMessage, NeverGrowsBeyondItsLimit) {
    std::vector<char> memory(10 * largest_status);
    status_writer out(memory);
    const std::string label(100'000, '\x01');
    for (int i = 0; i < 1000; ++i) {
        out.pass(label, 1ms, i);
    }
    EXPECT_LE(out.finish().size(), largest_status);
}

TEST(StatusMessage, CutsOneLongNameAndKeepsTheRest) {
    std::array<char, 1024> memory{};
    status_writer out(memory);
    out.service(std::string(5000, 's'));
    out.state("ready");
    std::string answer(out.finish());
    const auto all = lines_of(answer);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].name, std::string(longest_text, 's'));
    EXPECT_EQ(all[1].name, "ready");
}

TEST(StatusMessage, SkipsWhatItDoesNotKnow) {
    std::string answer =
        "lastcall-status\t1\tand more\n"
        "weather\tfine\n"
        "service\torders\tand a field of later\n"
        "\n"
        "gate\thttp\t1\topen\tlater\n"
        "end\n"
        "state\tready\n";
    const auto all = lines_of(answer);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].name, "orders");
    EXPECT_TRUE(all[1].is_open);
    EXPECT_EQ(all[2].word, status_word::end);
}

TEST(StatusMessage, SkipsLinesThatAreMalformed) {
    for (const char* bad :
         {"remaining", "remaining\t", "remaining\tsoon", "remaining\t1x",
          "remaining\t99999999999999999999", "gate", "gate\thttp", "gate\thttp\t-1\topen",
          "gate\thttp\t1", "pass\tlabel\t1", "pass\tlabel\t1\t99999999999", "step\ta\tb\t1", "more",
          "more\t-1", "service", "SERVICE\torders", " service\torders"}) {
        std::string answer = std::string("lastcall-status\t1\n") + bad + "\nend\n";
        const auto all = lines_of(answer);
        EXPECT_EQ(all.size(), 1U) << bad;
    }
}

TEST(StatusMessage, LeavesAnEscapeThatIsNoneAsItIs) {
    for (const char* text : {"\\", "\\q", "\\x", "\\x1", "\\xzz", "a\\"}) {
        std::string answer = std::string("lastcall-status\t1\nservice\t") + text + "\n";
        const auto all = lines_of(answer);
        ASSERT_EQ(all.size(), 1U) << text;
        EXPECT_EQ(all[0].name, text);
    }
}

TEST(StatusMessage, OfAnotherProtocolHasNoLines) {
    for (const char* other :
         {"", "\n", "HTTP/1.1 200 OK\n", "lastcall-status\n", "lastcall-status\t2\n",
          "lastcall-status 1\n", "lastcall-status\t10"}) {
        std::string answer = std::string(other) + "\nservice\torders\n";
        status_reader reader(answer);
        EXPECT_FALSE(reader.is_understood()) << other;
        EXPECT_TRUE(lines_of(answer).empty()) << other;
    }
}

TEST(StatusMessage, SurvivesGarbage) {
    std::mt19937 random(1);
    const std::string pieces[] = {"lastcall-status\t1\n",
                                  "gate\t",
                                  "\t",
                                  "\n",
                                  "\\x0",
                                  "\\",
                                  "pass",
                                  "end\n",
                                  "-1",
                                  "9",
                                  "a",
                                  "\xff",
                                  "step\t"};
    for (int i = 0; i < 20'000; ++i) {
        std::string answer = i % 4 != 0 ? pieces[0] : "";
        for (auto n = random() % 20; n > 0; --n) {
            answer += pieces[random() % std::size(pieces)];
        }
        for (const status_line& line : lines_of(answer)) {
            EXPECT_LE(line.name.size(), answer.size());
        }
    }
}

TEST(StatusRequest, IsRecognizedInThisVersionOnly) {
    EXPECT_TRUE(asks_what_is_in_flight(in_flight_request));
    EXPECT_TRUE(asks_what_is_in_flight("lastcall-status\t1\tin_flight\tmore\nother\n"));
    for (const char* other : {"", "lastcall-status", "lastcall-status\t1", "lastcall-status\t1\n",
                              "lastcall-status\t2\tin_flight\n", "lastcall-status\t1\tin_fl",
                              "lastcall-status\t1\tstop\n", "GET / HTTP/1.1\r\n"}) {
        EXPECT_FALSE(asks_what_is_in_flight(other)) << other;
    }
}

}  // namespace
}  // namespace lastcall::wire

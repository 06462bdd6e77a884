#include "lint/launch/keep_alive.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace lastcall::lint {
namespace {

using namespace std::chrono_literals;

/// Of the words of a command line, blanks between them.
std::optional<keep_alive> of_line(const std::string& text) {
    std::vector<mapped_text> words;
    std::istringstream from(text);
    for (std::string word; from >> word;) {
        words.emplace_back(word, text.find(word));
    }
    const auto lines = std::make_shared<line_index>(text);
    const auto chain = follow_launch(words, "Procfile", lines,
                                     [](const std::string& /*path*/) { return nullptr; });
    return keep_alive_of(chain, *lines);
}

TEST(KeepAlive, IsWhatTheCommandLineSaysOrTheProgramDoesByItself) {
    const auto written = of_line("uvicorn app:app --timeout-keep-alive 65");
    ASSERT_TRUE(written);
    EXPECT_EQ(written->value, 65s);
    ASSERT_TRUE(written->at);
    EXPECT_EQ(written->at->column, 38U);
    const auto usual = of_line("uvicorn app:app");
    ASSERT_TRUE(usual);
    EXPECT_EQ(usual->value, 5s);
    EXPECT_FALSE(usual->at);
}

TEST(KeepAlive, OfGunicornHoldsForWorkersThatKeepConnections) {
    EXPECT_FALSE(of_line("gunicorn --keep-alive 5 app"));
    EXPECT_FALSE(of_line("gunicorn -k sync --threads 4 --keep-alive 5 app"));
    for (const char* const line :
         {"gunicorn -k gevent app", "gunicorn --worker-class uvicorn.workers.UvicornWorker app",
          "gunicorn --threads 4 app"}) {
        const auto found = of_line(line);
        ASSERT_TRUE(found) << line;
        EXPECT_EQ(found->value, 2s);
    }
}

TEST(KeepAlive, OfOtherProgramsIsNotKnown) {
    EXPECT_FALSE(of_line("server --timeout-keep-alive 5"));
    EXPECT_FALSE(of_line("uvicorn app:app --timeout-keep-alive soon"));
}

}  // namespace
}  // namespace lastcall::lint

#include "sys/process/subject.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <system_error>

namespace lastcall::sys {
namespace {

using clock = std::chrono::steady_clock;

clock::time_point soon() { return clock::now() + std::chrono::seconds(30); }

subject_command shell(const std::string& script) { return {{"/bin/sh", "-c", script}, {}, {}}; }

TEST(Subject, TellsItsExitStatusAndEveryLineBeforeIt) {
    subject one(shell("echo first >&2; echo second >&2; printf end >&2; exit 7"));
    std::vector<std::string> lines;
    ASSERT_TRUE(one.wait(soon(), [&](std::string_view line) { lines.emplace_back(line); }));
    EXPECT_EQ(one.exit()->code, 7);
    EXPECT_EQ(one.exit()->signal, 0);
    EXPECT_EQ(lines, (std::vector<std::string>{"first", "second", "end"}));
    EXPECT_EQ(one.lines(), lines);
    EXPECT_TRUE(one.group().empty());
}

TEST(Subject, GivesItsOutputWhereAsked) {
    auto command = shell("echo data; echo message >&2");
    command.output = subject_output::lines;
    subject heard(command);
    ASSERT_TRUE(heard.wait(soon()));
    EXPECT_EQ(heard.lines(), (std::vector<std::string>{"data", "message"}));
    subject half(shell("echo data; echo message >&2"));
    ASSERT_TRUE(half.wait(soon()));
    EXPECT_EQ(half.lines(), std::vector<std::string>{"message"});
}

TEST(Subject, TellsTheSignalThatEndedIt) {
    subject one(shell("kill -TERM $$"));
    ASSERT_TRUE(one.wait(soon()));
    EXPECT_EQ(one.exit()->signal, SIGTERM);
}

TEST(Subject, GetsTheSignalAndTheEnvironmentItIsGiven) {
    auto command = shell(
        "trap 'echo $LASTCALL_WORD >&2; exit 0' TERM; echo up >&2; while :; do sleep 0.01; done");
    command.environment = {"LASTCALL_WORD=told"};
    subject one(command);
    ASSERT_TRUE([&] {
        while (one.lines().empty() && clock::now() < soon()) {
            one.wait(clock::now() + std::chrono::milliseconds(5));
        }
        return !one.lines().empty();
    }());
    EXPECT_GT(resident_bytes_of(one.pid()), 0U);
    EXPECT_FALSE(one.group().empty());
    one.send_signal(SIGTERM);
    ASSERT_TRUE(one.wait(soon()));
    EXPECT_EQ(one.exit()->code, 0);
    EXPECT_EQ(one.lines().back(), "told");
}

TEST(Subject, ThatIsNotThereIsRefusedWithItsName) {
    try {
        subject one({{"/nonexistent/server"}, {}, {}});
        FAIL();
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
        EXPECT_NE(std::string(error.what()).find("/nonexistent/server"), std::string::npos);
    }
}

TEST(Subject, IsKilledWithItsChildrenWhenItIsForgotten) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);  // inherited: the last process that has it is the last alive
    {
        subject one(shell("sleep 1000 & sleep 1000"));
        ::close(ends[1]);
    }
    char byte = 0;
    EXPECT_EQ(::read(ends[0], &byte, 1), 0);
    ::close(ends[0]);
}

}  // namespace
}  // namespace lastcall::sys

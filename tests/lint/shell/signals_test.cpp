#include "lint/shell/signals.hpp"

#include <gtest/gtest.h>

namespace lastcall::lint::shell {
namespace {

TEST(SignalName, IsTheSameHoweverItIsWritten) {
    for (const auto* text : {"TERM", "SIGTERM", "term", "SigTerm", "15"}) {
        EXPECT_EQ(signal_name(text), "TERM") << text;
    }
    EXPECT_EQ(signal_name("0"), "EXIT");
    EXPECT_EQ(signal_name("EXIT"), "EXIT");
    EXPECT_EQ(signal_name("CLD"), "CHLD");
    EXPECT_EQ(signal_name("ERR"), "ERR");
    EXPECT_EQ(signal_name("SIGRTMIN+3"), "RTMIN+3");
    EXPECT_EQ(signal_name("31"), "SYS");
}

TEST(SignalName, IsNothingForWhatIsNoSignal) {
    for (const auto* text : {"", "SIG", "TERMS", "32", "-1", "1x", "99999999999999999999999"}) {
        EXPECT_EQ(signal_name(text), std::nullopt) << text;
    }
}

TEST(SignalNumber, IsThatOfLinux) {
    EXPECT_EQ(signal_number("TERM"), 15);
    EXPECT_EQ(signal_number("KILL"), 9);
    EXPECT_EQ(signal_number("SYS"), 31);
    EXPECT_EQ(signal_number("ERR"), 0);
}

}  // namespace
}  // namespace lastcall::lint::shell

#include "sys/signal/signal_names.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <string.h>

#include <algorithm>
#include <cctype>
#include <string>

namespace lastcall::sys {
namespace {

TEST(SignalNames, AreThoseOfTheCLibrary) {
    for (int number = 1; number < 32; ++number) {
        ASSERT_NE(::sigabbrev_np(number), nullptr) << number;
        EXPECT_EQ(signal_name(number), std::string("SIG") + ::sigabbrev_np(number));
    }
}

TEST(SignalNames, CountRealTimeSignalsFromTheNearerEnd) {
    EXPECT_EQ(signal_name(SIGRTMIN), "SIGRTMIN");
    EXPECT_EQ(signal_name(SIGRTMIN + 3), "SIGRTMIN+3");
    EXPECT_EQ(signal_name(SIGRTMIN + 15), "SIGRTMIN+15");
    EXPECT_EQ(signal_name(SIGRTMAX - 14), "SIGRTMAX-14");
    EXPECT_EQ(signal_name(SIGRTMAX), "SIGRTMAX");
}

TEST(SignalNames, AreEmptyForWhatIsNoSignal) {
    EXPECT_EQ(signal_name(0), "");
    EXPECT_EQ(signal_name(-1), "");
    EXPECT_EQ(signal_name(65), "");
    EXPECT_EQ(signal_name(32), "SIG32");
}

TEST(SignalNames, AreReadInEveryFormThatTheyAreWrittenIn) {
    for (const char* word : {"TERM", "SIGTERM", "term", "sigterm", "SigTerm", "15"}) {
        EXPECT_EQ(signal_number(word), SIGTERM) << word;
    }
    EXPECT_EQ(signal_number("RTMIN"), SIGRTMIN);
    EXPECT_EQ(signal_number("rtmin+3"), SIGRTMIN + 3);
    EXPECT_EQ(signal_number("RTMAX-1"), SIGRTMAX - 1);
    EXPECT_EQ(signal_number("RTMIN+30"), SIGRTMAX);
    EXPECT_EQ(signal_number("IO"), SIGPOLL);
    EXPECT_EQ(signal_number("CLD"), SIGCHLD);
    EXPECT_EQ(signal_number("IOT"), SIGABRT);
}

TEST(SignalNames, ComeBackAsTheNumberTheyStandFor) {
    for (int number = 1; number <= SIGRTMAX; ++number) {
        if (number == 32 || number == 33) {
            continue;
        }
        std::string name(signal_name(number));
        EXPECT_EQ(signal_number(name), number) << name;
        EXPECT_EQ(signal_number(std::string_view(name).substr(3)), number) << name;
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        EXPECT_EQ(signal_number(name), number) << name;
        EXPECT_EQ(signal_number(std::to_string(number)), number);
    }
}

TEST(SignalNames, AreNotGuessed) {
    for (const char* word :
         {"",         "SIG",    "0",      "65",      "-15",      "+15",        "15x",
          " 15",      "32",     "33",     "TERMS",   "TER",      "SIGSIGTERM", "RTMIN-1",
          "RTMIN+31", "RTMIN+", "RTMIN3", "RTMAX+1", "RTMAX-31", "RTMAX--1",   "99999999999"}) {
        EXPECT_EQ(signal_number(word), 0) << word;
    }
}

}  // namespace
}  // namespace lastcall::sys

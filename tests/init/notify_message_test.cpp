#include "core/notify_message.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lastcall::core {
namespace {

using namespace std::chrono_literals;

std::string left(std::string text, bool ready_too) {
    text.resize(leave_out_own({text.data(), text.size()}, ready_too));
    return text;
}

TEST(NotifyMessage, ReadsEveryLineItKnows) {
    const auto m = read_notify_message(
        "READY=1\nRELOADING=1\nSTOPPING=1\nWATCHDOG=1\nFDSTORE=1\nSTATUS=a=b c\nMAINPID=77\n"
        "EXTEND_TIMEOUT_USEC=1500000\nERRNO=2\nX_OTHER=1\n");
    EXPECT_TRUE(m.ready && m.reloading && m.stopping && m.watchdog && m.fdstore);
    EXPECT_FALSE(m.barrier);
    EXPECT_EQ(m.status, "a=b c");
    EXPECT_EQ(m.main_pid, 77);
    EXPECT_EQ(m.extend_by, 1500ms);
    EXPECT_EQ(m.lines, 10U);
}

TEST(NotifyMessage, AValueThatIsNotOneMeansNothing) {
    const auto m = read_notify_message("READY=0\nSTOPPING=yes\nWATCHDOG=trigger\nBARRIER=\nREADY");
    EXPECT_FALSE(m.ready || m.stopping || m.watchdog || m.barrier);
}

TEST(NotifyMessage, RefusesNumbersThatAreNone) {
    for (const char* text : {"MAINPID=", "MAINPID=-5", "MAINPID= 5", "MAINPID=5x",
                             "MAINPID=4294967301", "MAINPID=99999999999999999999999"}) {
        EXPECT_EQ(read_notify_message(text).main_pid, 0) << text;
    }
    EXPECT_FALSE(read_notify_message("EXTEND_TIMEOUT_USEC=1.5").extend_by);
    EXPECT_FALSE(read_notify_message("EXTEND_TIMEOUT_USEC=-1").extend_by);
}

TEST(NotifyMessage, AnExtensionOfCenturiesDoesNotOverflow) {
    EXPECT_EQ(read_notify_message("EXTEND_TIMEOUT_USEC=18446744073709551615").extend_by,
              std::chrono::hours(24 * 365));
}

TEST(NotifyMessage, AnEmptyStatusIsAStatus) {
    EXPECT_EQ(read_notify_message("STATUS=").status, "");
    EXPECT_FALSE(read_notify_message("READY=1").status);
}

TEST(NotifyMessage, LeavesOutWhatNamesTheMainProcess) {
    EXPECT_EQ(left("MAINPID=5\nREADY=1\nMAINPIDFD=1\nMAINPIDFDID=9\nSTATUS=x", false),
              "READY=1\nSTATUS=x");
    EXPECT_EQ(left("MAINPID=5", false), "");
    EXPECT_EQ(left("\n\nMAINPIDX=5\n", false), "MAINPIDX=5\n");
}

TEST(NotifyMessage, LeavesOutReadyWhereAProbeDecides) {
    EXPECT_EQ(left("STATUS=up\nREADY=1\n", true), "STATUS=up\n");
    EXPECT_EQ(left("STATUS=up\nREADY=1\n", false), "STATUS=up\nREADY=1\n");
}

TEST(NotifyMessage, ReadsNothingFromNothing) {
    EXPECT_EQ(read_notify_message("").lines, 0U);
    EXPECT_EQ(read_notify_message("\n\n\n").lines, 0U);
    EXPECT_EQ(left("", false), "");
}

}  // namespace
}  // namespace lastcall::core

// Whose lock of a file is waited for: the text of the kernel, and a lock of now.
#include "sys/process/file_locks.hpp"

#include <gtest/gtest.h>

namespace lastcall::sys {
namespace {

TEST(FileLocks, WhoWaitsStandsBelowWhoHasTheLock) {
    constexpr std::string_view text =
        "1: POSIX  ADVISORY  WRITE 700 fe:00:11 0 EOF\n"
        "2: FLOCK  ADVISORY  WRITE 882 fe:00:12 0 EOF\n"
        "2: -> FLOCK  ADVISORY  WRITE 900 fe:00:12 0 EOF\n"
        "2: -> FLOCK  ADVISORY  READ  901 fe:00:12 0 EOF\n"
        "3: OFDLCK ADVISORY  READ -1 fe:00:13 0 EOF\n"
        "3: -> OFDLCK ADVISORY  WRITE 950 fe:00:13 0 EOF\n";
    EXPECT_EQ(holder_of_lock(text, 900), 882);
    EXPECT_EQ(holder_of_lock(text, 901), 882);
    EXPECT_EQ(holder_of_lock(text, 882), 0) << "it has it";
    EXPECT_EQ(holder_of_lock(text, 950), 0) << "of an open file description nobody is told";
    EXPECT_EQ(holder_of_lock(text, 4), 0);
    EXPECT_EQ(holder_of_lock("", 4), 0);
}

}  // namespace
}  // namespace lastcall::sys

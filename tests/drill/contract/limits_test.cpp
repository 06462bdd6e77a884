#include "drill/limits.hpp"

#include <gtest/gtest.h>

namespace lastcall::drill {
namespace {

TEST(Limits, AreSaidBeforeAnythingIsStarted) {
    const machine_limits machine{.open_files = 20'000, .local_ports = 28'232};
    EXPECT_EQ(why_too_many(15'000, machine), "");
    EXPECT_NE(why_too_many(100'000, machine).find("100000 connections"), std::string::npos);
    EXPECT_NE(why_too_many(100'000, machine).find("20000 files"), std::string::npos);
    const machine_limits many_files{.open_files = 1'000'000, .local_ports = 28'232};
    EXPECT_NE(why_too_many(30'000, many_files).find("28232 local ports"), std::string::npos);
}

}  // namespace
}  // namespace lastcall::drill

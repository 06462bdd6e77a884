#include "adapters_http/drain_case.hpp"

namespace lastcall::testing {

TEST_P(Drain, LosesNothing) { EXPECT_EQ(GetParam().run("").all, std::vector<std::string>{}); }

TEST_P(Drain, IsMissedWhereNobodyDrains) {
    const violations seen = GetParam().run("/null");
    EXPECT_TRUE(seen.contain(GetParam().loss)) << ::testing::PrintToString(seen.all);
}

}  // namespace lastcall::testing

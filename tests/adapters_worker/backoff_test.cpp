#include "adapters/worker/backoff.hpp"

#include <gtest/gtest.h>

#include <vector>

TEST(Backoff, DoublesFrom100msTo2sAndStartsAgain) {
    lastcall::adapters::backoff wait;
    std::vector<long> waits;
    for (int i = 0; i < 7; ++i) {
        waits.push_back(wait.next().count());
    }
    EXPECT_EQ(waits, (std::vector<long>{100, 200, 400, 800, 1600, 2000, 2000}));
    wait.reset();
    EXPECT_EQ(wait.next().count(), 100);
}

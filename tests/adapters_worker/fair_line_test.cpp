#include "adapters/worker/fair_line.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "adapters_worker/waiting.hpp"

namespace lastcall::adapters {
namespace {

using line = fair_line<int>;

clock::time_point at_ceiling() { return clock::now() + testing::ceiling; }

TEST(FairLine, LendsWhatItWasGivenAndNoMore) {
    line of;
    int thing = 1;
    ASSERT_TRUE(of.put(thing));
    EXPECT_EQ(of.take(at_ceiling()).thing, &thing);
    const auto second = of.take(clock::now());
    EXPECT_EQ(second.thing, nullptr);
    EXPECT_EQ(second.how, line::ending::timed_out);
}

TEST(FairLine, LendsTheOneUsedLastFirst) {
    line of;
    int first = 1;
    int second = 2;
    of.put(first);
    of.put(second);
    EXPECT_EQ(of.take(at_ceiling()).thing, &second);
}

TEST(FairLine, ServesInTheOrderOfArrival) {
    line of;
    int thing = 1;
    std::vector<int> order;
    std::mutex mutex;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        const std::size_t before = of.waiting();
        threads.emplace_back([&, i] {
            int* const got = of.take(at_ceiling()).thing;
            {
                const std::lock_guard lock(mutex);
                order.push_back(i);
            }
            of.put(*got);
        });
        while (of.waiting() == before) {
            std::this_thread::yield();
        }
    }
    of.put(thing);
    for (auto& one : threads) {
        one.join();
    }
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
}

TEST(FairLine, SendsAwayWhoIsNotFirmOnceItIsCancelled) {
    line of;
    line::answer got;
    line::answer firm;
    std::thread waits([&] { got = of.take(at_ceiling()); });
    std::thread waits_on([&] { firm = of.take(at_ceiling(), true); });
    while (of.waiting() < 2) {
        std::this_thread::yield();
    }
    of.cancel();
    waits.join();
    EXPECT_EQ(got.how, line::ending::cancelled);
    int thing = 1;
    of.put(thing);
    waits_on.join();
    EXPECT_EQ(firm.thing, &thing);
    of.put(thing);
    EXPECT_EQ(of.take(at_ceiling()).how, line::ending::cancelled);
}

TEST(FairLine, GivesOutTheIdleOnesWhenItCloses) {
    line of;
    int idle = 1;
    int lent = 2;
    of.put(idle);
    of.put(lent);
    ASSERT_EQ(of.take(at_ceiling()).thing, &lent);
    EXPECT_EQ(of.close(), std::vector<int*>{&idle});
    EXPECT_FALSE(of.put(lent));
    EXPECT_EQ(of.take(at_ceiling()).how, line::ending::closed);
}

}  // namespace
}  // namespace lastcall::adapters

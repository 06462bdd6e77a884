#include "drill/load/timers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <random>

namespace lastcall::drill {
namespace {

moment at(int milliseconds) { return moment{} + std::chrono::milliseconds(milliseconds); }

TEST(TimerQueue, FiresInTheOrderOfTheTimes) {
    timer_queue queue;
    std::vector<int> fired;
    std::vector<std::unique_ptr<timer>> timers;
    std::vector<int> times(100);
    std::iota(times.begin(), times.end(), 1);
    std::ranges::shuffle(times, std::mt19937(7));
    for (const int time : times) {
        timers.push_back(std::make_unique<timer>(queue, [&fired, time] { fired.push_back(time); }));
        timers.back()->set(at(time));
    }
    EXPECT_EQ(queue.next(moment::max()), at(1));
    queue.fire(at(60));
    EXPECT_EQ(fired.size(), 60U);
    EXPECT_TRUE(std::ranges::is_sorted(fired));
    EXPECT_EQ(queue.next(moment::max()), at(61));
}

TEST(TimerQueue, FiresNothingThatWasCancelledMovedOrDestroyed) {
    timer_queue queue;
    int fired = 0;
    timer cancelled(queue, [&] { ++fired; });
    timer moved(queue, [&] { ++fired; });
    auto destroyed = std::make_unique<timer>(queue, [&] { ++fired; });
    cancelled.set(at(1));
    moved.set(at(1));
    destroyed->set(at(1));
    cancelled.cancel();
    moved.set(at(9));
    destroyed.reset();
    queue.fire(at(5));
    EXPECT_EQ(fired, 0);
    EXPECT_TRUE(moved.is_set());
    queue.fire(at(9));
    EXPECT_EQ(fired, 1);
    EXPECT_EQ(queue.next(at(20)), at(20));
}

TEST(TimerQueue, LetsACallSetItsOwnTimerAgain) {
    timer_queue queue;
    int fired = 0;
    timer* self = nullptr;
    timer again(queue, [&] {
        if (++fired < 3) {
            self->set(at(fired));
        }
    });
    self = &again;
    again.set(at(0));
    queue.fire(at(10));
    EXPECT_EQ(fired, 3);
    EXPECT_FALSE(again.is_set());
}

}  // namespace
}  // namespace lastcall::drill

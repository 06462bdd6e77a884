// Where the threads of this process are.
#include "sys/process/thread_list.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include "sys/process/process.hpp"

namespace lastcall::sys {
namespace {

/// What is read of another thread once it is in `call`; of a process that may not be read, nothing.
thread_facts thread_in(const std::atomic<int>& id, std::string_view call) {
    for (int tries = 0; tries < 1000; ++tries) {
        for (const auto& one : threads_of(current_process_id()).threads) {
            if (one.id == id.load() && one.call_name == call) {
                return one;
            }
        }
        std::this_thread::yield();
    }
    return {};
}

TEST(Threads, TheDescriptorThatACallWaitsAtIsTold) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    std::atomic<int> id = 0;
    std::thread reader([&] {
        id = ::gettid();
        char c = 0;
        EXPECT_EQ(::read(ends[0], &c, 1), 0);
    });
    const auto found = thread_in(id, "read");
    ::close(ends[1]);
    reader.join();
    ::close(ends[0]);
    if (!threads_of(current_process_id()).has_calls) {
        GTEST_SKIP() << "system calls may not be read";
    }
    EXPECT_EQ(found.first_argument, ends[0]);
}

TEST(Threads, AClockIsNoDescriptor) {
    std::atomic<int> id = 0;
    std::atomic<bool> is_over = false;
    std::thread sleeper([&] {
        id = ::gettid();
        while (!is_over) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    });
    const auto found = thread_in(id, "clock_nanosleep");
    is_over = true;
    sleeper.join();
    if (!threads_of(current_process_id()).has_calls) {
        GTEST_SKIP() << "system calls may not be read";
    }
    EXPECT_EQ(found.call_name, "clock_nanosleep");
    EXPECT_EQ(found.first_argument, -1);
}

}  // namespace
}  // namespace lastcall::sys

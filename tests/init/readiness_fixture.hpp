// What tests of readiness share: the test is the main loop, and its clock is virtual.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>
#include <string>

#include "init/readiness.hpp"
#include "readiness_server.hpp"

namespace lastcall::init {

class Readiness : public ::testing::Test {
protected:
    using state = readiness_check::state;
    using kind = readiness::kind;
    using server = lastcall::testing::server;
    static constexpr int ceiling_ms = 20'000;

    state begin(kind how, const std::string& target, std::chrono::nanoseconds timeout = {}) {
        target_ = target;
        asked_ = {how, target_.c_str(), timeout};
        EXPECT_TRUE(check_.begin(asked_, {}, why_)) << why_.view();
        return check_.now();
    }
    // Lets both sides go on until this try is over.
    void finish_try(server& with, std::chrono::nanoseconds now) {
        const auto wake = check_.next_wake();
        while (check_.now() == state::pending && check_.next_wake() == wake) {
            pollfd all[] = {{check_.fd(), POLLIN, 0},
                            {with.listener(), POLLIN, 0},
                            {with.connection(), POLLIN, 0}};
            ASSERT_GT(::poll(all, 3, ceiling_ms), 0) << "nothing happens";
            if (all[0].revents != 0) {
                check_.on_ready_fd(now);
            }
            with.turn();
        }
    }

    std::string target_;
    readiness asked_;
    core::fixed_text<512> why_;
    readiness_check check_;
};

}  // namespace lastcall::init

// What every job queue keeps, whatever it is made of. A back-end describes itself as a
// struct and gets these tests by
//
//   INSTANTIATE_TYPED_TEST_SUITE_P(Name, JobQueue, its_struct);
//
// The struct is a fresh store with nothing in it:
//
//   queue                      the type; 3 attempts, and no poll or lease ends within a test
//   make(name)                 unique_ptr<queue>, each as of a process of its own
//   enqueue(queue, payload)    and it is there when this returns
//   end_leases()               no process has renewed for too long, from now on
//   make_due()                 what waits for a later time need not wait any more
//   left(), dead()             jobs to be done; jobs that were set aside
//   reason()                   why the one that was set aside failed
#pragma once

#include <gtest/gtest.h>

#include <thread>

#include <lastcall/worker.hpp>

#include "adapters_worker/waiting.hpp"

namespace lastcall::testing {

template <class Backend>
struct JobQueue : ::testing::Test {
    Backend at;
};

TYPED_TEST_SUITE_P(JobQueue);

TYPED_TEST_P(JobQueue, GivesJobsInOrderAndOnce) {
    const auto queue = this->at.make("mail");
    for (const char* payload : {"a", "b", "c"}) {
        this->at.enqueue(*queue, payload);
    }
    const auto first = queue->take(2, {});
    ASSERT_EQ(first.size(), 2U);
    EXPECT_EQ(first[0].payload, "a");
    EXPECT_EQ(first[0].attempt, 1);
    EXPECT_EQ(first[1].payload, "b");
    EXPECT_EQ(queue->take(2, {}).size(), 1U);
    EXPECT_TRUE(queue->take(2, {}).empty());
    queue->finish(first[0]);
    EXPECT_EQ(this->at.left(), 2);
}

TYPED_TEST_P(JobQueue, KeepsQueuesApart) {
    const auto mail = this->at.make("mail");
    const auto parcels = this->at.make("parcels");
    this->at.enqueue(*mail, "letter");
    EXPECT_TRUE(parcels->take(1, {}).empty());
    EXPECT_EQ(mail->take(1, {}).size(), 1U);
}

TYPED_TEST_P(JobQueue, PutsAJobBackInFrontOfLaterOnesAndDoesNotCountTheAttempt) {
    const auto queue = this->at.make("mail");
    this->at.enqueue(*queue, "a");
    this->at.enqueue(*queue, "b");
    queue->put_back(queue->take(1, {}).at(0));
    const job again = queue->take(1, {}).at(0);
    EXPECT_EQ(again.payload, "a");
    EXPECT_EQ(again.attempt, 1);
}

TYPED_TEST_P(JobQueue, TriesAFailedJobLaterAndSetsItAsideInTheEnd) {
    const auto queue = this->at.make("mail");
    this->at.enqueue(*queue, "ship it");
    for (int attempt = 1; attempt <= 3; ++attempt) {
        const auto taken = queue->take(1, {});
        ASSERT_EQ(taken.size(), 1U) << attempt;
        EXPECT_EQ(taken[0].attempt, attempt);
        queue->fail(taken[0], "no stock");
        EXPECT_TRUE(queue->take(1, {}).empty()) << "it has not waited";
        this->at.make_due();
    }
    EXPECT_TRUE(queue->take(1, {}).empty());
    EXPECT_EQ(this->at.dead(), 1);
    EXPECT_EQ(this->at.reason(), "no stock");
}

TYPED_TEST_P(JobQueue, GivesTheJobOfAProcessThatWentAwayToTheNextThatAsks) {
    const auto gone = this->at.make("mail");
    this->at.enqueue(*gone, "ship it");
    ASSERT_EQ(gone->take(1, {}).size(), 1U);
    EXPECT_TRUE(this->at.make("mail")->take(1, {}).empty());
    this->at.end_leases();
    const auto theirs = this->at.make("mail")->take(1, {});
    ASSERT_EQ(theirs.size(), 1U);
    EXPECT_EQ(theirs[0].attempt, 2);
}

TYPED_TEST_P(JobQueue, KeepsAJobThatIsRenewed) {
    const auto lives = this->at.make("mail");
    this->at.enqueue(*lives, "ship it");
    const job mine = lives->take(1, {}).at(0);
    this->at.end_leases();
    lives->renew();
    EXPECT_TRUE(this->at.make("mail")->take(1, {}).empty());
    lives->finish(mine);
    EXPECT_EQ(this->at.left(), 0);
}

TYPED_TEST_P(JobQueue, SetsAsideAJobThatTakesItsProcessWithItEachTime) {
    auto queue = this->at.make("mail");
    this->at.enqueue(*queue, "poison");
    std::vector<decltype(queue)> gone;
    for (int attempt = 1; attempt <= 3; ++attempt) {
        const auto taken = queue->take(1, {});
        ASSERT_EQ(taken.size(), 1U) << attempt;
        EXPECT_EQ(taken[0].attempt, attempt);
        this->at.end_leases();
        gone.push_back(std::move(queue));
        queue = this->at.make("mail");
    }
    EXPECT_TRUE(queue->take(1, {}).empty());
    EXPECT_EQ(this->at.dead(), 1);
}

TYPED_TEST_P(JobQueue, NoticesAJobThatComesWhileItWaits) {
    const auto queue = this->at.make("mail");
    std::size_t got = 0;
    std::thread takes([&] { got = queue->take(1, ceiling).size(); });
    this->at.enqueue(*queue, "ship it");
    takes.join();
    EXPECT_EQ(got, 1U);
}

TYPED_TEST_P(JobQueue, ReturnsAtOnceWhenItIsWokenNowAndFromNowOn) {
    const auto queue = this->at.make("mail");
    std::thread takes([&] { EXPECT_TRUE(queue->take(1, std::chrono::hours(1)).empty()); });
    queue->wake();
    takes.join();
    this->at.enqueue(*queue, "ship it");
    EXPECT_TRUE(queue->take(1, std::chrono::hours(1)).empty());
}

REGISTER_TYPED_TEST_SUITE_P(JobQueue, GivesJobsInOrderAndOnce, KeepsQueuesApart,
                            PutsAJobBackInFrontOfLaterOnesAndDoesNotCountTheAttempt,
                            TriesAFailedJobLaterAndSetsItAsideInTheEnd,
                            GivesTheJobOfAProcessThatWentAwayToTheNextThatAsks,
                            KeepsAJobThatIsRenewed, SetsAsideAJobThatTakesItsProcessWithItEachTime,
                            NoticesAJobThatComesWhileItWaits,
                            ReturnsAtOnceWhenItIsWokenNowAndFromNowOn);

}  // namespace lastcall::testing

// What every job queue in a table of a database keeps, beside queue_contract.hpp:
//
//   INSTANTIATE_TYPED_TEST_SUITE_P(Name, JobQueueInTransactions, its_struct);
//
// The struct that describes the back-end has moreover
//
//   begin()                    a transaction
//   have_effect(in, id)        a row that says that job `id` was done
//   effects()                  how many there are
//   make_in(table)             a queue in a table of that name
#pragma once

#include "adapters_worker/queue_contract.hpp"

namespace lastcall::testing {

template <class Backend>
struct JobQueueInTransactions : ::testing::Test {
    Backend at;
};

TYPED_TEST_SUITE_P(JobQueueInTransactions);

TYPED_TEST_P(JobQueueInTransactions, KnowsNoJobOfATransactionThatWasRolledBack) {
    const auto queue = this->at.make("mail");
    {
        auto in = this->at.begin();
        this->at.have_effect(in, "1");
        queue->enqueue(in, "ship it");
    }
    EXPECT_TRUE(queue->take(1, {}).empty());
    EXPECT_EQ(this->at.left(), 0);
    EXPECT_EQ(this->at.effects(), 0);
}

TYPED_TEST_P(JobQueueInTransactions, EndsAJobWithItsEffectOrNotAtAll) {
    const auto queue = this->at.make("mail");
    this->at.enqueue(*queue, "ship it");
    const job at_hand = queue->take(1, {}).at(0);
    {
        auto in = this->at.begin();
        this->at.have_effect(in, at_hand.id);
        EXPECT_TRUE(queue->finish_in(in, at_hand));
    }
    EXPECT_EQ(this->at.left(), 1);
    EXPECT_EQ(this->at.effects(), 0);
    auto in = this->at.begin();
    this->at.have_effect(in, at_hand.id);
    EXPECT_TRUE(queue->finish_in(in, at_hand));
    in.commit();
    EXPECT_EQ(this->at.left(), 0);
    EXPECT_EQ(this->at.effects(), 1);
}

TYPED_TEST_P(JobQueueInTransactions, TellsWhoseLeaseRanOutThatTheJobIsNotItsOwn) {
    const auto slow = this->at.make("mail");
    this->at.enqueue(*slow, "ship it");
    const job mine = slow->take(1, {}).at(0);
    this->at.end_leases();
    const auto other = this->at.make("mail");
    const job theirs = other->take(1, {}).at(0);
    {
        auto in = this->at.begin();
        EXPECT_FALSE(slow->finish_in(in, mine));
    }
    slow->put_back(mine);
    slow->fail(mine, "too late");
    auto in = this->at.begin();
    EXPECT_TRUE(other->finish_in(in, theirs));
}

TYPED_TEST_P(JobQueueInTransactions, RunsADelayedJobWhenItIsDue) {
    const auto queue = this->at.make("mail");
    auto in = this->at.begin();
    queue->enqueue(in, "remind", std::chrono::minutes(10));
    in.commit();
    EXPECT_TRUE(queue->take(1, {}).empty());
    this->at.make_due();
    EXPECT_EQ(queue->take(1, {}).size(), 1U);
}

TYPED_TEST_P(JobQueueInTransactions, RefusesAnIllNamedTable) {
    for (const char* name : {"", "1jobs", "a b", "jobs; DROP TABLE effects"}) {
        EXPECT_THROW(this->at.make_in(name), std::invalid_argument) << name;
    }
    EXPECT_NO_THROW(this->at.make_in("Jobs_2"));
}

REGISTER_TYPED_TEST_SUITE_P(JobQueueInTransactions, KnowsNoJobOfATransactionThatWasRolledBack,
                            EndsAJobWithItsEffectOrNotAtAll,
                            TellsWhoseLeaseRanOutThatTheJobIsNotItsOwn, RunsADelayedJobWhenItIsDue,
                            RefusesAnIllNamedTable);

}  // namespace lastcall::testing

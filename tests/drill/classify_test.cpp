#include "drill/classify.hpp"

#include <gtest/gtest.h>

#include <set>

namespace lastcall::drill {
namespace {

struct row {
    evidence seen;
    outcome expected;
};

TEST(Classify, GivesEachCombinationOfProgressAndEndingItsClass) {
    using enum ending;
    using p = progress;
    const row rows[] = {
        {{complete, p::complete, 200, false}, outcome::ok},
        {{complete, p::complete, 204, false}, outcome::ok},
        {{complete, p::complete, 304, false}, outcome::ok},
        {{complete, p::complete, 200, true}, outcome::served_close},
        {{fin, p::complete, 200, true}, outcome::served_close},
        {{complete, p::complete, 503, false}, outcome::refused_503},
        {{complete, p::complete, 503, true}, outcome::refused_503},
        {{complete, p::complete, 500, false}, outcome::failed_status},
        {{complete, p::complete, 404, true}, outcome::failed_status},
        {{fin, p::nothing, 0, false}, outcome::closed_before_response},
        {{fin, p::head, 0, false}, outcome::cut_in_head},
        {{fin, p::body, 200, false}, outcome::cut_in_body},
        {{fin, p::body, 503, false}, outcome::cut_in_body},
        {{reset, p::nothing, 0, false}, outcome::reset_before_response},
        {{reset, p::head, 200, false}, outcome::cut_in_head},
        {{reset, p::body, 200, true}, outcome::cut_in_body},
        {{timeout, p::nothing, 0, false}, outcome::timeout},
        {{timeout, p::head, 0, false}, outcome::timeout},
        {{timeout, p::body, 200, false}, outcome::timeout},
        {{malformed, p::head, 0, false}, outcome::malformed},
        {{malformed, p::body, 200, false}, outcome::malformed},
        {{complete, p::body, 200, false}, outcome::malformed},
        {{connect_refused, p::nothing, 0, false}, outcome::refused},
        {{connect_failed, p::nothing, 0, false}, outcome::generator_fault},
        {{seen_closed, p::nothing, 0, false}, outcome::not_sent_closed},
        {{client_ended, p::nothing, 0, false}, outcome::ended_by_us},
        {{client_ended, p::body, 200, false}, outcome::ended_by_us},
    };
    for (const auto& [seen, expected] : rows) {
        EXPECT_EQ(to_string(classify(seen)), to_string(expected))
            << "ending " << int(seen.how) << ", progress " << int(seen.got) << ", status "
            << seen.status;
    }
}

TEST(Classify, NeverCallsABrokenExchangeFine) {
    for (int how = 0; how <= int(ending::client_ended); ++how) {
        for (const auto got : {progress::nothing, progress::head, progress::body}) {
            const auto result = classify(evidence{ending(how), got, 200, false});
            EXPECT_TRUE(judge(result) != verdict_on::fine || result == outcome::not_sent_closed)
                << "ending " << how << " is " << to_string(result);
        }
    }
}

TEST(Classify, JudgesAWebSocketByItsCloseFrame) {
    EXPECT_EQ(classify(session_evidence{ending::fin, true, 1001}), outcome::ws_closed_1001);
    EXPECT_EQ(classify(session_evidence{ending::reset, true, 1001}), outcome::ws_closed_1001);
    EXPECT_EQ(classify(session_evidence{ending::fin, true, 1000}), outcome::ws_closed_other);
    EXPECT_EQ(classify(session_evidence{ending::fin, true, 1005}), outcome::ws_closed_other);
    EXPECT_EQ(classify(session_evidence{ending::fin, false, 0}), outcome::ws_gone);
    EXPECT_EQ(classify(session_evidence{ending::reset, false, 0}), outcome::ws_gone);
    EXPECT_EQ(classify(session_evidence{ending::malformed, false, 0}), outcome::malformed);
    EXPECT_EQ(classify(session_evidence{ending::timeout, false, 0}), outcome::timeout);
    EXPECT_EQ(classify(session_evidence{ending::client_ended, false, 0}), outcome::ended_by_us);
}

TEST(Outcome, HasANameOfItsOwnForEachClass) {
    std::set<std::string_view> names;
    for (const auto one : all_outcomes()) {
        names.insert(to_string(one));
        EXPECT_FALSE(describe(one).empty());
    }
    EXPECT_EQ(names.size(), outcome_count);
}

}  // namespace
}  // namespace lastcall::drill

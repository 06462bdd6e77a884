#include "drill/record/classify.hpp"

#include <gtest/gtest.h>

#include <set>

namespace lastcall::drill {
namespace {

struct row {
    const char* what;
    evidence seen;
    outcome expected;
};

evidence answer(int status, bool close = false, bool retry_after = false) {
    evidence seen;
    seen.got = progress::complete;
    seen.status = status;
    seen.close_announced = close;
    seen.retry_after = retry_after;
    return seen;
}

evidence broken(ending how, progress got) {
    evidence seen;
    seen.how = how;
    seen.got = got;
    seen.status = got == progress::body ? 200 : 0;
    return seen;
}

evidence unanswered(ending how, bool is_first, taken was_taken,
                    acceptance accepted = acceptance::unknown) {
    auto seen = broken(how, progress::nothing);
    seen.is_first = is_first;
    seen.request_taken = was_taken;
    seen.accepted = accepted;
    return seen;
}

evidence reset_after(evidence seen) {
    seen.reset_followed = true;
    return seen;
}

evidence ended_by_fin(ending how, progress got) {
    auto seen = broken(how, got);
    seen.status = 200;
    seen.close_announced = true;
    seen.ends_with_fin = true;
    return seen;
}

TEST(Classify, GivesEachCombinationOfProgressAndEndingItsClass) {
    using p = progress;
    const row rows[] = {
        {"200", answer(200), outcome::ok},
        {"204", answer(204), outcome::ok},
        {"304", answer(304), outcome::ok},
        {"200, close", answer(200, true), outcome::served_close},
        {"200, close, RST", reset_after(answer(200, true)), outcome::ok_then_reset},
        {"503", answer(503), outcome::error_5xx},
        {"503, close", answer(503, true), outcome::shed_503},
        {"503, Retry-After", answer(503, false, true), outcome::shed_503},
        {"500, close", answer(500, true), outcome::error_5xx},
        {"404", answer(404), outcome::error_4xx},
        {"head, FIN", broken(ending::fin, p::head), outcome::cut_in_head},
        {"body, FIN", broken(ending::fin, p::body), outcome::cut_in_body},
        {"head, RST", broken(ending::reset, p::head), outcome::cut_in_head},
        {"body, RST", broken(ending::reset, p::body), outcome::cut_in_body},
        {"until the end, FIN", ended_by_fin(ending::fin, p::complete), outcome::served_close},
        {"until the end, no notify", ended_by_fin(ending::fin_without_notify, p::complete),
         outcome::cut_tls},
        {"nothing, time", broken(ending::timeout, p::nothing), outcome::hung_first},
        {"head, time", broken(ending::timeout, p::head), outcome::hung_body},
        {"body, time", broken(ending::timeout, p::body), outcome::hung_body},
        {"malformed", broken(ending::malformed, p::head), outcome::malformed},
        {"complete that is not", broken(ending::complete, p::body), outcome::malformed},
        {"refused", broken(ending::connect_refused, p::nothing), outcome::refused},
        {"no answer to SYN", broken(ending::connect_timeout, p::nothing), outcome::connect_hung},
        {"our kernel", broken(ending::connect_failed, p::nothing), outcome::generator_fault},
        {"seen closed", broken(ending::seen_closed, p::nothing), outcome::not_sent_closed},
        {"we ended it", broken(ending::client_ended, p::body), outcome::ended_by_us},
    };
    for (const auto& [what, seen, expected] : rows) {
        EXPECT_EQ(to_string(classify(seen)), to_string(expected)) << what;
    }
}

TEST(Classify, TellsAnIdleRaceFromALossByWhatWasTaken) {
    using enum ending;
    const row rows[] = {
        {"reused, RST, taken", unanswered(reset, false, taken::yes),
         outcome::reset_before_response},
        {"reused, RST, not taken", unanswered(reset, false, taken::no), outcome::idle_race},
        {"reused, RST, unknown", unanswered(reset, false, taken::unknown),
         outcome::reset_ambiguous},
        {"reused, FIN, taken", unanswered(fin, false, taken::yes), outcome::closed_before_response},
        {"reused, FIN, not taken", unanswered(fin, false, taken::no), outcome::idle_race},
        {"reused, FIN, unknown", unanswered(fin, false, taken::unknown),
         outcome::closed_before_response},
        {"first, RST, taken", unanswered(reset, true, taken::yes), outcome::reset_before_response},
        {"first, RST, not taken", unanswered(reset, true, taken::no), outcome::accept_dropped},
        {"first, RST, queued", unanswered(reset, true, taken::yes, acceptance::queued),
         outcome::accept_dropped},
        {"first, FIN, accepted", unanswered(fin, true, taken::yes, acceptance::accepted),
         outcome::closed_before_response},
    };
    for (const auto& [what, seen, expected] : rows) {
        EXPECT_EQ(to_string(classify(seen)), to_string(expected)) << what;
    }
}

TEST(Classify, NeverCallsABrokenExchangeFine) {
    for (int how = 0; how <= int(ending::client_ended); ++how) {
        for (const auto got : {progress::nothing, progress::head, progress::body}) {
            const auto result = classify(broken(ending(how), got));
            EXPECT_NE(blame_of(result), blame::none)
                << "ending " << how << " is " << to_string(result);
        }
    }
}

TEST(Classify, JudgesAWebSocketByItsCloseFrame) {
    EXPECT_EQ(classify(session_evidence{ending::fin, true, 1001}), outcome::ws_going_away);
    EXPECT_EQ(classify(session_evidence{ending::reset, true, 1012}), outcome::ws_going_away);
    EXPECT_EQ(classify(session_evidence{ending::fin, true, 1000}), outcome::ws_closed_other);
    EXPECT_EQ(classify(session_evidence{ending::fin, true, 1005}), outcome::ws_closed_other);
    EXPECT_EQ(classify(session_evidence{ending::fin, true, 1011}), outcome::ws_error);
    EXPECT_EQ(classify(session_evidence{ending::fin, false, 0}), outcome::ws_gone);
    EXPECT_EQ(classify(session_evidence{ending::reset, false, 0}), outcome::ws_gone);
    EXPECT_EQ(classify(session_evidence{ending::malformed, false, 0}), outcome::malformed);
    EXPECT_EQ(classify(session_evidence{ending::timeout, false, 0}), outcome::hung_body);
    EXPECT_EQ(classify(session_evidence{ending::client_ended, false, 0}), outcome::ended_by_us);
}

stream_evidence stream(ending how, bool goaway, std::uint32_t number) {
    stream_evidence seen;
    seen.how = how;
    seen.has_goaway = goaway;
    seen.goaway_last_stream = 5;
    seen.stream = number;
    return seen;
}

TEST(Classify, JudgesAStreamByWhatGoawayPromised) {
    EXPECT_EQ(classify(stream(ending::fin, true, 7)), outcome::h2_unprocessed);
    EXPECT_EQ(classify(stream(ending::fin, true, 5)), outcome::h2_lost);
    EXPECT_EQ(classify(stream(ending::fin, false, 5)), outcome::h2_no_goaway);
    auto refused = stream(ending::complete, false, 5);
    refused.was_reset = true;
    refused.reset_code = 7;
    EXPECT_EQ(classify(refused), outcome::h2_unprocessed);
    refused.reset_code = 2;
    EXPECT_EQ(classify(refused), outcome::h2_lost);
    auto failed = stream(ending::fin, true, 5);
    failed.goaway_code = 2;
    EXPECT_EQ(classify(failed), outcome::h2_goaway_error);
    auto answered = stream(ending::complete, true, 5);
    answered.got = progress::complete;
    answered.status = 200;
    EXPECT_EQ(classify(answered), outcome::served_close);
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

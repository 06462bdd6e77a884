// The confusion matrix: for each fault the criteria that fail are the expected ones and no
// other; a service without a fault, and one that only does what HTTP allows, fails none.
#include <gtest/gtest.h>

#include <memory>
#include <ostream>

#include "drill_truth/drill_run.hpp"

namespace lastcall::drill_truth {
namespace {

using names = std::set<std::string>;

struct expected_verdict {
    const char* name;
    std::vector<std::string> server;
    std::vector<std::string> flags;
    names fails;
};

void PrintTo(const expected_verdict& one, std::ostream* out) { *out << one.name; }

std::vector<std::string> after(const char* fault) {
    return {"--fault", fault, "--when", "after", "--every", "3", "--work-ms", "20"};
}

constexpr const char* lanes = R"(
- {kind: pool, clients: 20, think: 20ms, get: /work, post: /work, post_share: 0.3}
- {kind: fresh, clients: 5, think: 20ms}
- {kind: busy, clients: 5, get: "/slow?ms=300", takes: 300ms}
- {kind: stream, clients: 5, get: "/stream?ms=800", takes: 800ms}
- {kind: websocket, clients: 5, get: /feed, every: 50ms}
- {kind: silent, clients: 5}
- {kind: idle, clients: 5}
- {kind: half_head, clients: 5}
- {kind: half_body, clients: 5, post: /orders}
- {kind: probe, clients: 1, get: /ready, every: 50ms}
)";

class Verdict : public ::testing::TestWithParam<expected_verdict> {};

TEST_P(Verdict, FailsByTheExpectedCriteriaAndByNoOther) {
    const auto& expected = GetParam();
    // The counts are tried again and again elsewhere; a verdict follows from them.
    const int times = (runs() + 2) / 3;
    for (int i = 0; i < times; ++i) {
        std::vector<std::string> flags{"--load", "1s",        "--grace", "6s",         "--ready",
                                       "/ready", "--samples", "0",       "--patience", "1500ms"};
        flags.insert(flags.end(), expected.flags.begin(), expected.flags.end());
        const drill_case how{expected.name, expected.server, lanes, flags};
        // A machine that is too busy for the load makes a run inconclusive, and says so.
        auto run = std::make_unique<drill_run>(how);
        for (int again = 0; again < 5 && run->generator_was_late(); ++again) {
            EXPECT_EQ(run->criteria("fail"), expected.fails) << run->summary();
            run = std::make_unique<drill_run>(how);
        }
        EXPECT_EQ(run->criteria("fail"), expected.fails) << run->summary();
        EXPECT_EQ(run->status(), expected.fails.empty() ? 0 : 3) << run->summary();
    }
}

const std::vector<expected_verdict> matrix{
    {"none", {}, {}, {}},
    {"idle_close", {"--fault", "idle_close", "--idle-for-ms", "30"}, {}, {}},
    {"idle_race", {"--fault", "idle_race_close", "--every", "5"}, {}, {}},
    {"reset_before_response", after("reset_before_response"), {}, {"V04"}},
    {"reset_unread", after("reset_unread"), {}, {"V04"}},
    {"fin_before_response", after("fin_before_response"), {}, {"V04"}},
    {"cut_head", after("cut_head"), {}, {"V04", "V06"}},
    {"cut_body_length", after("cut_body_length"), {}, {"V04", "V06"}},
    {"cut_body_chunked", after("cut_body_chunked"), {}, {"V04", "V06"}},
    {"status_503", after("status_503"), {}, {"V04"}},
    {"status_503_allowed", after("status_503"), {"--shed", "ok"}, {}},
    {"status_500", after("status_500"), {}, {"V04"}},
    {"status_404", after("status_404"), {}, {"V04"}},
    {"hang_first", after("hang_first"), {}, {"V04", "V07"}},
    {"hang_body", after("hang_body"), {}, {"V04", "V07"}},
    {"garbage", after("garbage"), {}, {"V04"}},
    {"ok_then_reset", after("ok_then_reset"), {}, {}},
    {"ws_1006", {"--fault", "ws_1006"}, {}, {"V04", "V13"}},
    {"slow_readiness",
     {"--fault", "slow_readiness", "--lame-duck-ms", "1500", "--idle-grace-ms", "1600"},
     {},
     {"V08"}},
    {"no_close_announced", {"--fault", "no_close_announced"}, {}, {"V11"}},
    // Killed with all that it still serves, and nobody was told.
    {"ignores_signal",
     {"--fault", "ignores_signal"},
     {"--grace", "3s"},
     {"V01", "V02", "V03", "V04", "V08", "V11", "V13"}},
    {"late_exit", {"--fault", "late_exit", "--late-ms", "3000"}, {"--exit-within", "3s"}, {"V01"}},
    {"exit_code", {"--fault", "exit_code"}, {}, {"V03"}},
    {"leaves_child", {"--fault", "leaves_child"}, {}, {"V14"}},
    {"leaves_socket_file",
     {"--fault", "leaves_socket_file", "--socket-file", "{dir}/a.sock"},
     {},
     {"V14"}},
    {"socket_file", {"--socket-file", "{dir}/a.sock"}, {}, {}},
    // It gives up on them at last.
    {"silent_blocks",
     {"--fault", "silent_blocks", "--patience-ms", "4000"},
     {"--exit-within", "3s"},
     {"V01"}},
    {"listener_closed_early",
     {"--fault", "listener_closed_early"},
     {"--route-lag", "800ms"},
     {"V05", "V09"}},
};

INSTANTIATE_TEST_SUITE_P(Drill, Verdict, ::testing::ValuesIn(matrix),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace lastcall::drill_truth

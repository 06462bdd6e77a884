#include <gtest/gtest.h>

#include <functional>
#include <ostream>

#include "checks.hpp"

namespace stop_demo {
namespace {

namespace drill = lastcall::drill;
using drill::outcome;

constexpr std::int64_t signal_ns = 1'000'000'000;

drill::exchange one(std::string_view lane, outcome result, std::int64_t sent, std::int64_t end) {
    drill::exchange made;
    made.lane = lane;
    made.method = "GET";
    made.status = lane == "websocket" ? 101 : 200;
    made.result = result;
    made.opened_ns = 1;
    made.sent_ns = sent;
    made.end_ns = end;
    return made;
}

drill::exchange order(std::int64_t id) {
    auto made = one("keepalive", outcome::ok, 10, 20);
    made.method = "POST";
    made.status = 201;
    made.order_id = id;
    return made;
}

/// Orders 1 to 3 were acknowledged; 1 and 2 are shipped, the job of 3 waits.
run_result good() {
    run_result seen;
    seen.database = "sqlite:file";
    seen.signal = "SIGTERM";
    seen.log.signal_ns = signal_ns;
    seen.log.exchanges = {order(1), order(2), order(3),
                          one("keepalive", outcome::served_close, signal_ns + 1, signal_ns + 5),
                          one("websocket", outcome::ws_closed_1001, 5, signal_ns + 9)};
    seen.exit.when = drill::moment(std::chrono::nanoseconds(signal_ns + 2'000'005));
    seen.books.orders = {1, 2, 3};
    seen.books.unshipped = {3};
    seen.books.shipments = {1, 2};
    seen.books.jobs = {3};
    return seen;
}

std::vector<std::string> broken(const verdict& judged) {
    std::vector<std::string> names;
    for (const auto& each : judged.checks) {
        if (!each.holds) {
            names.push_back(each.name);
        }
    }
    return names;
}

TEST(StopDemoAccounting, PassesWhereEverythingIsThere) {
    const auto judged = judge(good());
    EXPECT_EQ(broken(judged), std::vector<std::string>{});
    EXPECT_EQ(judged.status(), 0);
    EXPECT_DOUBLE_EQ(judged.last_response_to_exit_ms, 2.0);
    EXPECT_DOUBLE_EQ(judged.signal_to_exit_ms, 2.000005);
}

struct row {
    std::string name;
    std::function<void(run_result&)> breaks;
    std::vector<std::string> expected;
};

void PrintTo(const row& each, std::ostream* out) { *out << each.name; }

class StopDemoAccountingOf : public testing::TestWithParam<row> {};

TEST_P(StopDemoAccountingOf, FindsIt) {
    auto seen = good();
    GetParam().breaks(seen);
    const auto judged = judge(seen);
    EXPECT_EQ(broken(judged), GetParam().expected);
    EXPECT_EQ(judged.status(), 3);
}

INSTANTIATE_TEST_SUITE_P(
    Table, StopDemoAccountingOf,
    testing::Values(
        row{"ALostRequest",
            [](run_result& seen) {
                seen.log.exchanges.push_back(one("slow", outcome::cut_in_body, 50, signal_ns + 1));
            },
            {"requests"}},
        row{"AWebSocketThatWasNotTold",
            [](run_result& seen) {
                seen.log.exchanges.push_back(one("websocket", outcome::ws_gone, 5, signal_ns + 9));
            },
            {"requests", "websockets"}},
        row{"NoWebSocketAtAll",
            [](run_result& seen) { seen.log.exchanges.pop_back(); },
            {"websockets"}},
        row{"AnAcknowledgedOrderThatIsNotThere",
            [](run_result& seen) {
                seen.books.orders = {1, 3};
                seen.books.shipments = {1};
            },
            {"acknowledged_orders"}},
        row{"AnIdThatWasGivenTwice",
            [](run_result& seen) { seen.log.exchanges.push_back(order(3)); },
            {"acknowledged_orders"}},
        row{"AnOrderThatNobodyWasToldAbout",
            [](run_result& seen) {
                seen.books.orders.push_back(4);
                seen.books.unshipped.push_back(4);
                seen.books.jobs.push_back(4);
            },
            {"unacknowledged_orders"}},
        row{"AnOrderWithoutItsJob",
            [](run_result& seen) { seen.books.jobs.clear(); },
            {"orders_without_job"}},
        row{"AJobThatIsDoneAndStillWaits",
            [](run_result& seen) {
                seen.books.jobs = {2, 3};
            },
            {"jobs"}},
        row{"TwoJobsForOneOrder",
            [](run_result& seen) {
                seen.books.jobs = {3, 3};
            },
            {"jobs"}},
        row{"AnOrderThatIsShippedWithoutAShipment",
            [](run_result& seen) { seen.books.shipments = {1}; },
            {"jobs"}},
        row{"AShipmentOfAnOrderThatIsNotShipped",
            [](run_result& seen) {
                seen.books.shipments = {1, 2, 3};
            },
            {"jobs"}},
        row{"AJobThatIsStillHeld", [](run_result& seen) { seen.books.jobs_held = 1; }, {"jobs"}},
        row{"AJobThatWasSetAside", [](run_result& seen) { seen.books.jobs_dead = 1; }, {"jobs"}},
        row{"AFileThatIsLeft",
            [](run_result& seen) { seen.files_left = {"orders.db-wal"}; },
            {"files"}},
        row{"AConnectionThatIsLeft",
            [](run_result& seen) { seen.books.connections = 2; },
            {"connections"}},
        row{"AProcessThatIsLeft",
            [](run_result& seen) { seen.processes_left = {4711}; },
            {"processes"}},
        row{"APortThatIsLeft", [](run_result& seen) { seen.port_left = true; }, {"processes"}},
        row{"AnExitCode", [](run_result& seen) { seen.exit.code = 82; }, {"exit_code"}},
        row{"ADeathByASignal", [](run_result& seen) { seen.exit.signal = 9; }, {"exit_code"}},
        row{"OurOwnKill", [](run_result& seen) { seen.killed_by_us = true; }, {"exit_code"}}),
    [](const auto& each) { return each.param.name; });

TEST(StopDemoAccounting, LetsAJobInRedisWaitForAnOrderThatIsShipped) {
    auto seen = good();
    seen.books.jobs = {2, 3};
    seen.books.jobs_may_repeat = true;
    EXPECT_EQ(judge(seen).status(), 0);
}

TEST(StopDemoAccounting, ProvesNothingWhereTheLoadFailedOrNothingWasAtRisk) {
    auto failed = good();
    failed.log.exchanges.push_back(one("fresh", outcome::generator_fault, 0, signal_ns - 1));
    EXPECT_EQ(judge(failed).status(), 4);
}

}  // namespace
}  // namespace stop_demo

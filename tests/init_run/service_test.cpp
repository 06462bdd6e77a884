// A service with the library, under the keeper.
#include <signal.h>
#include <unistd.h>

#include <lastcall/lifecycle.hpp>
#include <thread>

#include "init_run/keeper_process.hpp"

namespace lastcall::init_run {
namespace {

using namespace std::chrono_literals;
using testing::say;

LASTCALL_SCENARIO(service) {
    lifecycle_options options{.service = "orders"};
    options.grace = 30s;
    options.report_file = testing::report_file();
    lifecycle life(options);
    life.add({.name = "part", .close = [] { say("closed"); }});
    life.ready();
    say("ready");
    return life.run().exit_code();
}

LASTCALL_SCENARIO(service_with_a_stuck_pass) {
    lifecycle life(lifecycle_options{.service = "orders"});
    gate requests("requests");
    life.add({.name = "http", .gates = {&requests}});
    // Inside before anybody is told that it is ready.
    std::thread([inside = requests.try_enter("GET /stuck")] {
        std::this_thread::sleep_for(24h);
    }).detach();
    life.ready();
    say("ready");
    life.run_and_exit();
}

class KeeperService : public ::testing::TestWithParam<place> {
protected:
    void SetUp() override { SKIP_WITHOUT_NAMESPACES(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Real, KeeperService,
                         ::testing::Values(place::first_process, place::subreaper), name_of);

TEST_P(KeeperService, HasItsDeadlineFromTheKeeper) {
    const private_folder folder;
    keeper_process k(
        {GetParam(),
         {"--grace", "6s"},
         {own_path()},
         {"LASTCALL_TEST_SCENARIO=service", "LASTCALL_TEST_REPORT=" + (folder / "report")}});
    ASSERT_TRUE(k.wait_for("ready")) << k.err();
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 0) << k.err();
    const std::string report = read_file(folder / "report");
    EXPECT_TRUE(has(report, R"("grace_source":"keeper")")) << report << k.err();
    EXPECT_LE(number_in(report, "grace_ms"), 5500) << report;
    EXPECT_GE(number_in(report, "grace_ms"), 3000) << report;
}

TEST_P(KeeperService, SaysWhatIsInFlightWhenItHasToBeKilled) {
    // The shell keeps the signal to itself.
    keeper_process k({GetParam(),
                      // The report has a part of the reserve: enough on a busy machine, too.
                      {"--grace", "4s", "--reserve", "3s"},
                      shell("trap 'echo kept' TERM; LASTCALL_TEST_SCENARIO="
                            "service_with_a_stuck_pass " +
                            own_path() + " & while :; do wait; done")});
    ASSERT_TRUE(k.wait_for("ready")) << k.err();
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 137) << k.err();
    EXPECT_TRUE(has(k.messages(), "says: orders is ")) << k.err();
    EXPECT_TRUE(has(k.messages(), "in flight: requests 1")) << k.err();
    EXPECT_TRUE(has(k.messages(), "GET /stuck")) << k.err();
    EXPECT_EQ(number_in(k.last_line(), "killed_count"), 2) << k.err();
}

TEST_P(KeeperService, EndsByItselfBeforeItWouldBeKilled) {
    keeper_process k({GetParam(),
                      {"--grace", "3s", "--reserve", "500ms"},
                      {own_path()},
                      {"LASTCALL_TEST_SCENARIO=service_with_a_stuck_pass"}});
    ASSERT_TRUE(k.wait_for("ready")) << k.err();
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), static_cast<int>(exit_status::abandoned)) << k.err();
    EXPECT_TRUE(has(k.last_line(), R"("killed":[])")) << k.err();
}

}  // namespace
}  // namespace lastcall::init_run

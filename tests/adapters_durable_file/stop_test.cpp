// What a stop leaves in the file, seen from outside the process that stops.
#include <gtest/gtest.h>

#include <csignal>
#include <lastcall/durable_file.hpp>
#include <vector>

#include "adapters_redis/child_process.hpp"
#include "adapters_temp_files/scratch.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::child_process;
using testing::drain_kind;
using testing::read_file;
using testing::scratch;
using testing::voice;
using violations = std::vector<std::string>;

violations stop_with_buffered_lines(drain_kind how) {
    const scratch place;
    child_process service([&](const voice& parent) {
        lifecycle life({.service = "test", .grace = 20s, .log = [](std::string_view) {}});
        durable_file log(life, {.path = place / "log"});
        log.append("synced\n");
        log.sync();
        log.append("buffered\n");
        life.ready();
        parent.say("ready");
        if (how == drain_kind::nothing) {
            testing::wait_until_fired(life.stopping());
            std::_Exit(0);
        }
        return life.run().exit_code();
    });
    service.hear();
    service.signal(SIGTERM);
    violations found;
    if (const int status = service.wait(); status != 0) {
        found.push_back("exit status " + std::to_string(status));
    }
    if (read_file(place / "log") != "synced\nbuffered\n") {
        found.push_back("the file holds: " + read_file(place / "log"));
    }
    return found;
}

TEST(DurableFileStop, WritesWhatWasBuffered) {
    EXPECT_EQ(stop_with_buffered_lines(drain_kind::lifecycle), violations{});
}

TEST(DurableFileStop, AStopThatWritesNothingIsFoundOut) {
    EXPECT_NE(stop_with_buffered_lines(drain_kind::nothing), violations{});
}

TEST(DurableFileStop, ReportsTheErrorOfTheLastWrite) {
    lifecycle life({.service = "test", .log = [](std::string_view) {}});
    durable_file full(life, {.name = "full disk", .path = "/dev/full"});
    full.append("lost");
    life.ready();
    life.request_stop();
    const report done = life.run();
    EXPECT_EQ(done.result, result::failed);
    ASSERT_EQ(done.steps.size(), 1U);
    EXPECT_NE(done.steps[0].error.find("4 bytes not written"), std::string::npos)
        << done.steps[0].error;
}

}  // namespace
}  // namespace lastcall

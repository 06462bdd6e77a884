// Instances that are killed, stopped, or alive, and what the next one finds.
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <lastcall/temp_files.hpp>
#include <thread>
#include <vector>

#include "adapters/temp_files/temp_tree.hpp"
#include "adapters_redis/child_process.hpp"
#include "adapters_temp_files/scratch.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::child_process;
using testing::drain_kind;
using testing::scratch;
using testing::voice;
using testing::write_file;
using violations = std::vector<std::string>;

lifecycle_options quiet() {
    return {.service = "test", .grace = 20s, .log = [](std::string_view) {}};
}

/// Makes a directory with files, tells its path, and serves until a signal.
int serve(const scratch& parent_directory, const voice& parent, drain_kind how) {
    lifecycle life(quiet());
    temp_directory directory(life, {.name = "spool", .parent = parent_directory.path()});
    const temp_file file = directory.create(".part");
    write_file(directory.path() + "/another", "x");
    life.ready();
    parent.say(directory.path());
    if (how == drain_kind::nothing) {
        testing::wait_until_fired(life.stopping());
        std::_Exit(0);
    }
    return life.run().exit_code();
}

std::string start_another(const scratch& parent_directory, std::size_t& removed) {
    child_process next([&](const voice& parent) {
        lifecycle life(quiet());
        const temp_directory directory(life, {.name = "spool", .parent = parent_directory.path()});
        parent.say(std::to_string(directory.leftovers_removed()));
        return directory.leftovers_kept() == 0 ? 0 : 1;
    });
    const std::string said = next.hear();
    removed = said.empty() ? 0 : std::stoul(said);
    return next.wait() == 0 ? said : "failed";
}

TEST(TempFilesCrash, WhatACrashLeftIsRemovedByTheNextStart) {
    const scratch parent;
    for (int i = 0; i < 3; ++i) {
        child_process crashes(
            [&](const voice& voice) { return serve(parent, voice, drain_kind::lifecycle); });
        ASSERT_FALSE(crashes.hear().empty());
        crashes.signal(SIGKILL);
        crashes.wait();
        EXPECT_EQ(parent.names().size(), 1U) << "a crash leaves its directory";
        std::size_t removed = 0;
        EXPECT_EQ(start_another(parent, removed), "1");
        EXPECT_EQ(parent.names(), std::set<std::string>{});
    }
}

TEST(TempFilesCrash, WhatALiveInstanceHoldsIsKept) {
    const scratch parent;
    child_process lives(
        [&](const voice& voice) { return serve(parent, voice, drain_kind::lifecycle); });
    const std::string path = lives.hear();
    std::size_t removed = 1;
    start_another(parent, removed);
    EXPECT_EQ(removed, 0U);
    EXPECT_TRUE(std::filesystem::exists(path + "/another"));
}

TEST(TempFilesCrash, AlsoWhenTheLiveInstanceIsInAnotherPidNamespace) {
    const scratch parent;
    child_process outer([&](const voice& voice) {
        if (::unshare(CLONE_NEWPID) != 0) {
            voice.say("no namespaces here");
            return 0;
        }
        // Without a lifecycle: /proc still belongs to the outer namespace, where it would
        // look for the threads of this process.
        child_process inner([&](const testing::voice&) {
            const detail::temp_tree tree("spool", parent.path());
            write_file(tree.path() + "/another", "x");
            voice.say(tree.path());
            for (;;) {
                ::pause();
            }
            return 0;
        });
        return inner.wait();
    });
    const std::string path = outer.hear();
    if (path == "no namespaces here") {
        GTEST_SKIP() << "needs the right to make a pid namespace (root)";
    }
    EXPECT_NE(path.find("spool.1."), std::string::npos) << "its pid says nothing here: " << path;
    std::size_t removed = 1;
    start_another(parent, removed);
    EXPECT_EQ(removed, 0U);
    EXPECT_TRUE(std::filesystem::exists(path + "/another"));
}

violations stop_and_look(drain_kind how) {
    const scratch parent;
    child_process service([&](const voice& voice) { return serve(parent, voice, how); });
    if (service.hear().empty()) {
        return {"the service did not start"};
    }
    service.signal(SIGTERM);
    violations found;
    if (const int status = service.wait(); status != 0) {
        found.push_back("exit status " + std::to_string(status));
    }
    for (const std::string& name : parent.names()) {
        found.push_back(name + " was left");
    }
    return found;
}

TEST(TempFilesStop, LeavesNothing) {
    EXPECT_EQ(stop_and_look(drain_kind::lifecycle), violations{});
}

TEST(TempFilesStop, AStopThatRemovesNothingIsFoundOut) {
    EXPECT_NE(stop_and_look(drain_kind::nothing), violations{});
}

}  // namespace
}  // namespace lastcall

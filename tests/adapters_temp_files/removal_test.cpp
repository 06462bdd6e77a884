// Removal must not leave the directory, whatever somebody puts into it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <system_error>
#include <thread>

#include "adapters/temp_files/directory.hpp"
#include "adapters/temp_files/sys_files.hpp"
#include "adapters_redis/child_process.hpp"
#include "adapters_temp_files/scratch.hpp"

namespace lastcall::temp {
namespace {

using lastcall::testing::child_process;
using lastcall::testing::read_file;
using lastcall::testing::scratch;
using lastcall::testing::voice;
using lastcall::testing::write_file;
namespace fs = std::filesystem;

const std::string leftover = "spool.4194305.0123456789abcdef";

TEST(TempRemoval, TakesASymbolicLinkAwayAndNotWhatItPointsTo) {
    const scratch outside;
    const scratch inside;
    write_file(outside / "precious", "data");
    fs::create_directory_symlink(outside.path(), inside / "directory");
    fs::create_symlink(outside / "precious", inside / "file");
    fs::create_symlink("..", inside / "up");
    fs::create_hard_link(outside / "precious", inside / "second name");
    remove_inside(open_parent(inside.path()).get(), {}, {});
    EXPECT_EQ(inside.names(), std::set<std::string>{});
    EXPECT_EQ(read_file(outside / "precious"), "data");
}

TEST(TempRemoval, DoesNotFollowADirectoryThatIsSwappedForALinkWhileItWorks) {
    const scratch outside;
    const scratch inside;
    for (int i = 0; i < 200; ++i) {
        write_file(outside / std::to_string(i), "data");
    }
    std::jthread attacker([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            std::error_code ignored;
            fs::create_directory(inside / "d", ignored);
            fs::rename(inside / "d", inside / "e", ignored);
            fs::create_directory_symlink(outside.path(), inside / "d", ignored);
            fs::remove(inside / "d", ignored);
            fs::remove(inside / "e", ignored);
        }
    });
    const sys::unique_fd directory = open_parent(inside.path());
    for (int i = 0; i < 3'000; ++i) {
        try {
            remove_inside(directory.get(), {}, {});
        } catch (const std::system_error&) {
            // A name that came or went meanwhile.
        }
    }
    attacker.request_stop();
    attacker.join();
    EXPECT_EQ(outside.names().size(), 200U);
}

TEST(TempRemoval, StopsAtAMountInsideTheDirectory) {
    const scratch outside;
    const scratch inside;
    write_file(outside / "precious", "data");
    fs::create_directory(inside / "mounted");
    child_process child([&](const voice& parent) {
        if (::unshare(CLONE_NEWNS) != 0 ||
            ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount(outside.path().c_str(), (inside / "mounted").c_str(), nullptr, MS_BIND,
                    nullptr) != 0) {
            parent.say("no mounts here");
            return 0;
        }
        try {
            remove_inside(open_parent(inside.path()).get(), {}, {});
            parent.say("removed");
        } catch (const std::system_error& error) {
            parent.say(error.code() == std::errc::cross_device_link ? "refused" : error.what());
        }
        return 0;
    });
    const std::string said = child.hear();
    child.wait();
    if (said == "no mounts here") {
        GTEST_SKIP() << "needs the right to mount (root)";
    }
    EXPECT_EQ(said, "refused");
    EXPECT_EQ(read_file(outside / "precious"), "data");
}

TEST(TempRemoval, EndsEarlyWhenForcedAndSaysSo) {
    const scratch inside;
    write_file(inside / "a", "");
    std::stop_source forced;
    forced.request_stop();
    try {
        remove_inside(open_parent(inside.path()).get(), {}, forced.get_token());
        ADD_FAILURE();
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::operation_canceled);
    }
}

TEST(TempSweep, KnowsTheNamesOfItsInstancesAndNoOthers) {
    EXPECT_TRUE(is_instance_of("spool", leftover));
    EXPECT_TRUE(is_instance_of("a.1", "a.1.22.0123456789abcdef"));
    for (const char* other :
         {"spool", "spool.", "spool.1", "spool.1.0123456789abcde", "spool.1.0123456789abcdeg",
          "spool.1.0123456789ABCDEF", "spool.x.0123456789abcdef", "spool..0123456789abcdef",
          "spool.0123456789abcdef", "spool.1.2.0123456789abcdef", "spool2.1.0123456789abcdef",
          "xspool.1.0123456789abcdef", "spool.1.0123456789abcdef.bak"}) {
        EXPECT_FALSE(is_instance_of("spool", other)) << other;
    }
    EXPECT_FALSE(is_instance_of("a", "a.1.22.0123456789abcdef"));
}

TEST(TempSweep, IgnoresALinkInThePlaceOfADirectoryOrOfItsLock) {
    const scratch parent;
    const scratch outside;
    write_file(outside / ".lock", "");
    write_file(outside / "precious", "data");
    fs::create_directory_symlink(outside.path(), parent / leftover);
    EXPECT_EQ(sweep(open_parent(parent.path()).get(), "spool").removed, 0U);
    fs::remove(parent / leftover);

    fs::create_directory(parent / leftover);
    write_file(parent / (leftover + "/content"), "x");
    fs::create_symlink(outside / "precious", parent / (leftover + "/.lock"));
    const sweep_result result = sweep(open_parent(parent.path()).get(), "spool");
    EXPECT_EQ(result.removed, 0U);
    EXPECT_EQ(result.kept, 1U);
    EXPECT_NE(result.why.find(leftover), std::string::npos);
    EXPECT_EQ(read_file(outside / "precious"), "data");
}

TEST(TempSweep, DoesNotHangAtAFifoInThePlaceOfALock) {
    const scratch parent;
    fs::create_directory(parent / leftover);
    ASSERT_EQ(::mkfifo((parent / (leftover + "/.lock")).c_str(), 0600), 0);
    EXPECT_EQ(sweep(open_parent(parent.path()).get(), "spool").kept, 1U);
}

TEST(TempSweep, RemovesADirectoryWithoutALockOnlyWhenItIsEmpty) {
    const scratch parent;
    fs::create_directory(parent / leftover);
    EXPECT_EQ(sweep(open_parent(parent.path()).get(), "spool").removed, 1U);
    fs::create_directory(parent / leftover);
    write_file(parent / (leftover + "/somebody's"), "data");
    EXPECT_EQ(sweep(open_parent(parent.path()).get(), "spool").removed, 0U);
    EXPECT_EQ(read_file(parent / (leftover + "/somebody's")), "data");
}

TEST(TempSweep, LeavesTheDirectoriesOfOtherUsers) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "needs root, to give a directory away";
    }
    const scratch parent;
    fs::create_directory(parent / leftover);
    write_file(parent / (leftover + "/.lock"), "");
    ASSERT_EQ(::chown((parent / leftover).c_str(), 12345, 12345), 0);
    EXPECT_EQ(sweep(open_parent(parent.path()).get(), "spool").removed, 0U);
    EXPECT_TRUE(fs::exists(parent / (leftover + "/.lock")));
}

TEST(TempSweep, AndTheMakingOfADirectoryDoNotDisturbEachOther) {
    const scratch parent;
    const sys::unique_fd in = open_parent(parent.path());
    std::jthread sweeper([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            sweep(in.get(), "spool");
        }
    });
    for (int i = 0; i < 500; ++i) {
        const held_directory mine = make_held(in.get(), "spool");
        ASSERT_TRUE(is_linked(mine.lock.get()));
        ASSERT_TRUE(make_file(mine.fd.get(), "file")) << "removed from under its holder";
    }
}

}  // namespace
}  // namespace lastcall::temp

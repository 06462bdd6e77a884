#include "adapters/durable_file/replace.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <lastcall/durable_file.hpp>
#include <system_error>
#include <thread>

#include "adapters_durable_file/faulty_disk.hpp"
#include "adapters_temp_files/scratch.hpp"

namespace lastcall::durable {
namespace {

using testing::faulty_disk;
using testing::read_file;
using testing::scratch;
using testing::write_file;
using names = std::set<std::string>;
using words = std::vector<std::string>;

mode_t mode(const std::string& path) {
    struct stat what {};
    return ::stat(path.c_str(), &what) == 0 ? what.st_mode & 07777U : 0U;
}

TEST(DurableReplace, GivesNewContentInTheOrderThatSurvivesACrash) {
    const scratch place;
    faulty_disk disk;
    replace(place / "state", "one", 0600, disk);
    EXPECT_EQ(disk.asked, (words{"write", "sync all", "close", "rename", "sync all"}));
    EXPECT_EQ(read_file(place / "state"), "one");
    EXPECT_EQ(mode(place / "state"), 0600U);
    EXPECT_EQ(place.names(), names{"state"});
}

TEST(DurableReplace, KeepsTheModeOfWhatItReplaces) {
    const scratch place;
    write_file(place / "state", "old");
    std::filesystem::permissions(place / "state", std::filesystem::perms(0604));
    durable_file::replace(place / "state", "new", 0666);
    EXPECT_EQ(mode(place / "state"), 0604U);
    EXPECT_EQ(read_file(place / "state"), "new");
}

TEST(DurableReplace, RespectsTheUmaskForANewFile) {
    const scratch place;
    const mode_t before = ::umask(027);
    durable_file::replace(place / "state", "new", 0666);
    ::umask(before);
    EXPECT_EQ(mode(place / "state"), 0640U);
}

TEST(DurableReplace, LeavesTheOldContentAndNoRubbishWhenAStepFails) {
    for (const char* step : {"write", "sync", "rename"}) {
        const scratch place;
        write_file(place / "state", "old");
        faulty_disk disk;
        disk.fail_write = std::string(step) == "write" ? ENOSPC : 0;
        disk.fail_sync = std::string(step) == "sync" ? EIO : 0;
        disk.fail_rename = std::string(step) == "rename" ? EXDEV : 0;
        EXPECT_THROW(replace(place / "state", "new", 0600, disk), std::system_error) << step;
        EXPECT_EQ(read_file(place / "state"), "old") << step;
        EXPECT_EQ(place.names(), names{"state"}) << step;
    }
}

TEST(DurableReplace, ReplacesALinkAndNotWhatItPointsTo) {
    const scratch place;
    write_file(place / "target", "precious");
    std::filesystem::create_symlink("target", place / "state");
    durable_file::replace(place / "state", "new");
    EXPECT_EQ(read_file(place / "target"), "precious");
    EXPECT_FALSE(std::filesystem::is_symlink(place / "state"));
}

TEST(DurableReplace, ShowsReadersTheOldOrTheNewContentWhole) {
    const scratch place;
    const std::string a(100'000, 'a');
    const std::string b(100'000, 'b');
    durable_file::replace(place / "state", a);
    std::jthread writer([&] {
        for (int i = 0; i < 50; ++i) {
            durable_file::replace(place / "state", i % 2 == 0 ? b : a);
        }
    });
    for (int i = 0; i < 500; ++i) {
        const std::string seen = read_file(place / "state");
        ASSERT_TRUE(seen == a || seen == b) << seen.size() << " bytes";
    }
}

TEST(DurableReplace, RefusesAPathWithoutAName) {
    const scratch place;
    EXPECT_THROW(durable_file::replace(place.path() + "/", "x"), std::system_error);
    EXPECT_THROW(durable_file::replace("", "x"), std::system_error);
    EXPECT_THROW(durable_file::replace(place / "no/state", "x"), std::system_error);
}

}  // namespace
}  // namespace lastcall::durable

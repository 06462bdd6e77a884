#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <lastcall/temp_files.hpp>

#include "adapters_temp_files/scratch.hpp"

namespace lastcall {
namespace {

using testing::read_file;
using testing::scratch;
using testing::write_file;

lifecycle_options quiet() {
    return {.service = "test", .log = [](std::string_view) {}};
}

mode_t mode_of(const std::string& path) {
    struct stat what {};
    return ::lstat(path.c_str(), &what) == 0 ? what.st_mode & 07777U : 0U;
}

TEST(TempDirectory, IsPrivateAndGivesFilesThatGoWithTheirObjects) {
    const scratch parent;
    lifecycle life(quiet());
    temp_directory directory(life, {.name = "spool", .parent = parent.path()});
    EXPECT_TRUE(directory.path().starts_with(parent / "spool."));
    EXPECT_EQ(mode_of(directory.path()), 0700U);

    temp_file file = directory.create(".csv");
    EXPECT_TRUE(file.path().ends_with(".csv"));
    EXPECT_EQ(mode_of(file.path()), 0600U);
    EXPECT_EQ(::fcntl(file.fd(), F_GETFD), FD_CLOEXEC);
    file.write("a,b\n");
    file.write("1,2\n");
    EXPECT_EQ(read_file(file.path()), "a,b\n1,2\n");
    EXPECT_EQ(file.read_all(), "a,b\n1,2\n");
    file.truncate();
    file.write("x");
    EXPECT_EQ(file.read_all(), "x");

    const std::string path = file.path();
    temp_file moved = std::move(file);
    EXPECT_FALSE(file);
    EXPECT_TRUE(std::filesystem::exists(path));
    moved = directory.create();
    EXPECT_FALSE(std::filesystem::exists(path));
    const std::string second = moved.path();
    moved.remove();
    EXPECT_FALSE(moved);
    EXPECT_FALSE(std::filesystem::exists(second));
}

TEST(TempDirectory, GivesAFileThatNeverHasAName) {
    const scratch parent;
    lifecycle life(quiet());
    temp_directory directory(life, {.parent = parent.path()});
    temp_file file = directory.anonymous();
    ASSERT_TRUE(file);
    EXPECT_TRUE(file.path().empty());
    file.write("secret");
    EXPECT_EQ(file.read_all(), "secret");
    std::size_t names = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
        names += entry.path().filename() == ".lock" ? 0U : 1U;
    }
    EXPECT_EQ(names, 0U);
}

TEST(TempDirectory, IsGoneAfterTheStopWithEverythingInItAndRefusesNewFiles) {
    const scratch parent;
    lifecycle life(quiet());
    temp_directory directory(life, {.parent = parent.path()});
    temp_file kept_open = directory.create();
    kept_open.write("still readable");
    std::filesystem::create_directories(directory.path() + "/a/b/c");
    write_file(directory.path() + "/a/b/c/deep", "x");
    std::filesystem::permissions(directory.path() + "/a", std::filesystem::perms::none);
    std::filesystem::permissions(directory.path() + "/a", std::filesystem::perms::owner_all);
    life.ready();
    life.request_stop();
    EXPECT_EQ(life.run().result, result::clean);
    EXPECT_EQ(parent.names(), std::set<std::string>{});
    EXPECT_EQ(kept_open.read_all(), "still readable");
    EXPECT_THROW((void)directory.create(), std::system_error);
    EXPECT_THROW((void)directory.anonymous(), std::system_error);
}

TEST(TempDirectory, IsRemovedByItsDestructorWhenTheStartFailed) {
    const scratch parent;
    lifecycle life(quiet());
    {
        temp_directory directory(life, {.parent = parent.path()});
        write_file(directory.path() + "/x", "x");
    }
    EXPECT_EQ(parent.names(), std::set<std::string>{});
}

TEST(TempDirectory, RefusesNamesThatCouldLeaveIt) {
    const scratch parent;
    lifecycle life(quiet());
    for (const char* bad : {"", ".", "..", ".hidden", "a/b", "../a", "a b", "a\n"}) {
        EXPECT_THROW(temp_directory(life, {.name = bad, .parent = parent.path()}),
                     std::invalid_argument)
            << bad;
    }
    EXPECT_THROW(temp_directory(life, {.parent = parent / "missing"}), std::system_error);
    temp_directory directory(life, {.parent = parent.path()});
    EXPECT_THROW((void)directory.create("/../../x"), std::invalid_argument);
}

}  // namespace
}  // namespace lastcall

#include "lint/engine/walk.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "lint/engine/folder.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

struct walked {
    std::vector<std::string> files;
    std::vector<std::string> unreadable;
};

walked walk_all(const std::vector<fs::path>& paths, const fs::path& from) {
    walked made;
    walk(paths, {[&](const fs::path& file) {
                     made.files.push_back(file.lexically_relative(from).string());
                 },
                 [&](const fs::path& file, const std::string& why) {
                     made.unreadable.push_back(file.lexically_relative(from).string() + ": " + why);
                 }});
    return made;
}

TEST(Walk, MeetsEachFileOnceInTheOrderOfTheNames) {
    test_folder in;
    in.add("b/z", "");
    in.add("b/a/deep", "");
    in.add("a", "");
    in.add("c", "");
    EXPECT_EQ(walk_all({in.path()}, in.path()).files,
              (std::vector<std::string>{"a", "b/a/deep", "b/z", "c"}));
}

TEST(Walk, PassesOverWhatIsOfOthersUnlessItWasAskedFor) {
    test_folder in;
    in.add(".git/config", "");
    in.add("node_modules/x/Dockerfile", "");
    in.add("web/Dockerfile", "");
    EXPECT_EQ(walk_all({in.path()}, in.path()).files, std::vector<std::string>{"web/Dockerfile"});
    EXPECT_EQ(walk_all({in.path() / "node_modules"}, in.path()).files,
              std::vector<std::string>{"node_modules/x/Dockerfile"});
}

TEST(Walk, DoesNotFollowLinksThatItMeets) {
    test_folder in;
    in.add("a/file", "");
    fs::create_directory_symlink("..", in.path() / "a/up");
    fs::create_directory_symlink(in.path() / "a", in.path() / "again");
    fs::create_symlink("file", in.path() / "a/other");
    fs::create_symlink("nowhere", in.path() / "dangling");
    EXPECT_EQ(walk_all({in.path()}, in.path()).files, std::vector<std::string>{"a/file"});
    EXPECT_EQ(walk_all({in.path() / "again"}, in.path()).files,
              std::vector<std::string>{"again/file"});
}

TEST(Walk, SaysWhatIsNotThere) {
    const test_folder in;
    const auto made = walk_all({in.path() / "none", "/dev/null"}, in.path());
    ASSERT_EQ(made.unreadable.size(), 2U);
    EXPECT_EQ(made.unreadable[0], "none: there is no such file or folder");
    EXPECT_TRUE(made.unreadable[1].ends_with("it is neither a file nor a folder"));
}

TEST(Walk, GoesAsDeepAsATreeIs) {
    test_folder in;
    std::string name;
    for (int i = 0; i < 1000; ++i) {
        name += "d/";
    }
    in.add(name + "file", "");
    EXPECT_EQ(walk_all({in.path()}, in.path()).files, std::vector<std::string>{name + "file"});
}

}  // namespace
}  // namespace lastcall::lint

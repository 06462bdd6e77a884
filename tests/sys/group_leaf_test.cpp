// A cgroup of version 2 has processes or groups with controllers in it, not both.
#include "sys/process/group_leaf.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "sys/private_directory.hpp"

namespace lastcall::sys {
namespace {

namespace files = std::filesystem;

std::string contents(const files::path& path) {
    std::ifstream file(path);
    std::stringstream all;
    all << file.rdbuf();
    return all.str();
}

/// What the kernel would have made.
class GroupLeaf : public testing::Test {
protected:
    GroupLeaf() {
        make(folder.path());
        make(leaf());
    }
    static void make(const files::path& group) {
        files::create_directories(group);
        std::ofstream(group / "cgroup.procs").flush();
        std::ofstream(group / "cgroup.subtree_control").flush();
    }
    [[nodiscard]] files::path leaf() const { return folder.path() / leaf_name; }

    private_directory folder{"group-leaf"};
};

TEST_F(GroupLeaf, EnablesTheControllerWhereNobodyIsInTheWay) {
    EXPECT_EQ(enable_beside_leaf(folder.path(), "memory"), "");
    EXPECT_EQ(contents(folder.path() / "cgroup.subtree_control"), "+memory");
}

TEST_F(GroupLeaf, DoesNothingWhileAStrangerIsThere) {
    std::ofstream(folder.path() / "cgroup.procs") << ::getppid() << "\n";
    const auto why = enable_beside_leaf(folder.path(), "memory");
    EXPECT_NE(why.find("pid " + std::to_string(::getppid())), std::string::npos) << why;
    EXPECT_EQ(contents(leaf() / "cgroup.procs"), "");
    EXPECT_EQ(contents(folder.path() / "cgroup.subtree_control"), "");
}

TEST_F(GroupLeaf, SaysThatItCannotMove) {
    std::ofstream(folder.path() / "cgroup.procs") << ::getpid() << "\n";
    files::remove(leaf() / "cgroup.procs");
    const auto why = move_into_leaf(folder.path());
    EXPECT_NE(why.find("cannot move itself into " + leaf().string()), std::string::npos) << why;
}

TEST_F(GroupLeaf, SaysThatItCannotBeMade) {
    const auto why = move_into_leaf(folder.path() / "nowhere");
    EXPECT_NE(why.find("cannot make a cgroup"), std::string::npos) << why;
}

TEST(LeafPath, IsTheOneAbove) {
    EXPECT_EQ(above_leaf("/system.slice/lastcall.service"), "/system.slice/lastcall.service");
    EXPECT_EQ(above_leaf("/system.slice/lastcall.service/lastcall.keeper"),
              "/system.slice/lastcall.service");
    EXPECT_EQ(above_leaf("/lastcall.keeper"), "/");
    EXPECT_EQ(above_leaf("/"), "/");
}

/// The path of this process in the tree of version 2.
std::string own_group() {
    std::ifstream file("/proc/self/cgroup");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("0::")) {
            return line.substr(3);
        }
    }
    return {};
}

std::string mount_of_version_2() {
    std::ifstream file("/proc/self/mounts");
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string device, mount, type;
        words >> device >> mount >> type;
        if (type == "cgroup2") {
            return mount;
        }
    }
    return {};
}

/// In a process of its own that is in a group of its own. Returns: what it says.
template <typename Function>
std::string in_a_group(const std::string& folder, Function&& what) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const int pid = ::fork();
    if (pid == 0) {
        std::ofstream(folder + "/cgroup.procs") << ::getpid() << std::flush;
        const int child = ::fork();
        if (child == 0) {
            ::pause();
            ::_exit(0);
        }
        const std::string said = what();
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        [[maybe_unused]] const auto put = ::write(ends[1], said.data(), said.size());
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string all;
    char some[1024];
    for (ssize_t got = 0; (got = ::read(ends[0], some, sizeof some)) > 0;) {
        all.append(some, static_cast<std::size_t>(got));
    }
    ::close(ends[0]);
    ::waitpid(pid, nullptr, 0);
    return all;
}

TEST(LeafInTheKernel, TheKeeperAndItsChildrenMoveAndComeBackWhereItCannotBeEnabled) {
    const auto mount = mount_of_version_2();
    const auto folder = mount + "/lastcall-test." + std::to_string(::getpid());
    if (mount.empty() || ::mkdir(folder.c_str(), 0755) != 0) {
        GTEST_SKIP() << "no cgroup of version 2 that may be written to (root, a mounted cgroup2)";
    }
    const auto name = "/" + files::path(folder).filename().string();
    const auto leaf = folder + "/" + std::string(leaf_name);
    const auto moved = in_a_group(folder, [&] {
        const auto why = move_into_leaf(folder);
        return why + own_group() + " " + std::to_string(contents(folder + "/cgroup.procs").size());
    });
    EXPECT_TRUE(moved.ends_with(name + "/" + std::string(leaf_name) + " 0"))
        << moved << ": its child is there too, and nobody is left above";
    EXPECT_EQ(::rmdir(leaf.c_str()), 0);
    const auto back = in_a_group(
        folder, [&] { return enable_beside_leaf(folder, "nonsense") + "; " + own_group(); });
    EXPECT_NE(back.find("the controller nonsense cannot be enabled in " + folder),
              std::string::npos)
        << back;
    EXPECT_TRUE(back.ends_with(name)) << back;
    EXPECT_FALSE(files::exists(leaf));
    EXPECT_EQ(::rmdir(folder.c_str()), 0);
}

}  // namespace
}  // namespace lastcall::sys

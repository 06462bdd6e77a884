// A process is looked at as it sees its files: this one, and one in another root.
#include "sys/process/process_files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "sys/process/process.hpp"

namespace lastcall::sys {
namespace {

namespace fs = std::filesystem;

class ProcessFiles : public testing::Test {
protected:
    ProcessFiles()
        : folder_(fs::path(testing::TempDir()) / ("files" + std::to_string(::getpid()))) {
        fs::create_directories(folder_ / "etc");
    }
    ~ProcessFiles() override { fs::remove_all(folder_); }
    ProcessFiles(const ProcessFiles&) = delete;
    ProcessFiles& operator=(const ProcessFiles&) = delete;

    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name) << text;
        return (folder_ / name).string();
    }

    fs::path folder_;
};

TEST_F(ProcessFiles, AreReadUpToALimit) {
    const int own = current_process_id();
    const auto path = write("etc/a.conf", "limit 10\n");
    EXPECT_EQ(read_file_of(own, path, 9), "limit 10\n");
    EXPECT_EQ(read_file_of(own, path, 8), std::nullopt);
    EXPECT_EQ(read_file_of(own, path + "x", 100), std::nullopt);
    EXPECT_EQ(read_file_of(own, folder_.string(), 100), std::nullopt) << "a folder";
    (void)write("etc/b.conf", "");
    EXPECT_EQ(names_in_folder_of(own, (folder_ / "etc").string()),
              (std::vector<std::string>{"a.conf", "b.conf"}));
    EXPECT_TRUE(names_in_folder_of(own, path).empty());
}

TEST_F(ProcessFiles, AFifoIsNotWaitedFor) {
    const auto path = (folder_ / "fifo").string();
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    EXPECT_EQ(read_file_of(current_process_id(), path, 100), std::nullopt);
}

TEST_F(ProcessFiles, ALinkDoesNotLeadOutOfAnotherRoot) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "chroot(2) needs root";
    }
    (void)write("etc/secret", "inside\n");
    fs::create_symlink("/etc/secret", folder_ / "link");
    fs::create_symlink("/../../../../etc/passwd", folder_ / "out");
    const int child = ::fork();
    if (child == 0) {
        if (::chroot(folder_.c_str()) == 0 && ::chdir("/etc") == 0) {
            ::raise(SIGSTOP);
        }
        ::_exit(1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, WUNTRACED), child);
    EXPECT_TRUE(WIFSTOPPED(status));
    EXPECT_EQ(read_file_of(child, "/link", 100), "inside\n");
    EXPECT_EQ(read_file_of(child, "/out", 1 << 20), std::nullopt);
    EXPECT_EQ(working_folder_of(child), "/etc");
    ::kill(child, SIGKILL);
    EXPECT_EQ(::waitpid(child, &status, 0), child);
}

}  // namespace
}  // namespace lastcall::sys

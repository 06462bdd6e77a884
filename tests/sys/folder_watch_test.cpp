#include "sys/folder_watch.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "sys/event_fd.hpp"

namespace {

namespace sys = lastcall::sys;
namespace fs = std::filesystem;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

class FolderWatch : public testing::Test {
protected:
    FolderWatch() {
        std::string made = (fs::temp_directory_path() / "folder-watch-XXXXXX").string();
        EXPECT_NE(::mkdtemp(made.data()), nullptr);
        folder_ = made;
    }
    ~FolderWatch() override { fs::remove_all(folder_); }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name, std::ios::app) << text;
    }

    static bool has_changed(sys::folder_watch& watch, std::chrono::milliseconds limit = 0ms) {
        return sys::wait_readable(watch.fd(), steady_clock::now() + limit);
    }

    fs::path folder_;
};

TEST_F(FolderWatch, TellsOfAFileThatIsMadeWrittenOrRenamed) {
    sys::folder_watch watch(folder_.string());
    EXPECT_FALSE(has_changed(watch));

    write("web.log", "one\n");
    EXPECT_TRUE(has_changed(watch, 5s));
    watch.take();
    EXPECT_FALSE(has_changed(watch)) << "what was taken is told again";

    write("web.log", "two\n");
    EXPECT_TRUE(has_changed(watch, 5s));
    watch.take();

    fs::rename(folder_ / "web.log", folder_ / "web.log.1");
    EXPECT_TRUE(has_changed(watch, 5s));
}

TEST_F(FolderWatch, TakesMoreThanOneReadHolds) {
    sys::folder_watch watch(folder_.string());
    for (int i = 0; i < 500; ++i) {
        write("file-" + std::to_string(i), "x");
    }
    watch.take();
    EXPECT_FALSE(has_changed(watch));
}

TEST_F(FolderWatch, DoesNotTellOfAFileThatIsRead) {
    write("web.log", "one\n");
    sys::folder_watch watch(folder_.string());
    std::string line;
    std::ifstream(folder_ / "web.log") >> line;
    EXPECT_EQ(line, "one");
    EXPECT_FALSE(has_changed(watch));
}

TEST_F(FolderWatch, RefusesAFolderThatIsNotThere) {
    try {
        const sys::folder_watch watch((folder_ / "nothing").string());
        FAIL() << "it watches what is not there";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
        EXPECT_NE(std::string(error.what()).find("nothing"), std::string::npos);
    }
}

}  // namespace

#include "lint/unit/load_unit.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class LoadUnit : public ::testing::Test {
protected:
    LoadUnit() {
        std::string pattern = fs::temp_directory_path() / "lint_unit_XXXXXX";
        root_ = mkdtemp(pattern.data());
    }
    ~LoadUnit() override { fs::remove_all(root_); }

    void write(const fs::path& name, std::string_view text) const {
        fs::create_directories((root_ / name).parent_path());
        std::ofstream(root_ / name) << text;
    }

    fs::path root_;
};

TEST(DropInFolders, AreThoseOfTheNameItsPrefixesAndItsType) {
    EXPECT_EQ(drop_in_folders("a-b-c.service"),
              (std::vector<std::string>{"a-b-c.service.d", "a-b-.service.d", "a-.service.d",
                                        "service.d"}));
    EXPECT_EQ(drop_in_folders("web@x.service"),
              (std::vector<std::string>{"web@x.service.d", "web@.service.d", "service.d"}));
    EXPECT_LE(drop_in_folders(std::string(100'000, '-') + "a-b.service").size(), 66U);
}

TEST_F(LoadUnit, AddsDropInsByTheirNames) {
    write("web-a.service", "[Service]\nTimeoutStopSec=10\n");
    write("web-a.service.d/20-b.conf", "[Service]\nTimeoutStopSec=30\n");
    write("web-.service.d/10-a.conf", "[Service]\nTimeoutStopSec=20\n");
    write("service.d/20-b.conf", "[Service]\nTimeoutStopSec=99\n");
    write("service.d/30-c.conf", "[Service]\nKillMode=mixed\n");
    write("service.d/40-d.txt", "[Service]\nTimeoutStopSec=99\n");
    const auto unit = load_unit(root_ / "web-a.service");
    ASSERT_EQ(unit.view.files().size(), 4U);
    const auto timeout = unit.view.stop_timeout();
    ASSERT_TRUE(timeout);
    EXPECT_EQ(timeout->value, 30s);
    EXPECT_EQ(timeout->from.file->path, root_ / "web-a.service.d/20-b.conf");
    EXPECT_TRUE(unit.view.text("Service", "KillMode"));
}

TEST_F(LoadUnit, AnEmptyDropInHidesThoseOfItsName) {
    write("web.service", "[Service]\n");
    write("web.service.d/a.conf", "");
    write("service.d/a.conf", "[Service]\nTimeoutStopSec=9\n");
    EXPECT_EQ(load_unit(root_ / "web.service").view.files().size(), 1U);
    fs::remove(root_ / "web.service.d/a.conf");
    EXPECT_EQ(load_unit(root_ / "web.service").view.files().size(), 2U);
    fs::create_symlink("/dev/null", root_ / "web.service.d/a.conf");
    EXPECT_EQ(load_unit(root_ / "web.service").view.files().size(), 1U);
}

TEST_F(LoadUnit, SaysWhichFilesItCouldNotRead) {
    fs::create_directories(root_ / "web.service.d/a.conf");
    const auto unit = load_unit(root_ / "web.service");
    ASSERT_EQ(unit.unreadable.size(), 2U);
    EXPECT_EQ(unit.unreadable[0].first, root_ / "web.service");
    EXPECT_EQ(unit.unreadable[1].second, "it is a directory");
}

}  // namespace
}  // namespace lastcall::lint

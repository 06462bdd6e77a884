#include "adapters/durable_file/append_log.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "adapters_durable_file/faulty_disk.hpp"
#include "adapters_temp_files/scratch.hpp"

namespace lastcall::detail {
namespace {

using testing::faulty_disk;
using testing::read_file;
using testing::scratch;
using testing::write_file;
using words = std::vector<std::string>;

int error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const std::system_error& error) {
        return error.code().value();
    }
    return 0;
}

TEST(AppendLog, BuffersUntilItIsFullOrSynced) {
    const scratch place;
    append_log log(place / "log", 0640, 10);
    log.append("12345");
    EXPECT_EQ(log.buffered(), 5U);
    EXPECT_EQ(read_file(place / "log"), "");
    log.append("67890");
    EXPECT_EQ(log.buffered(), 0U);
    EXPECT_EQ(read_file(place / "log"), "1234567890");
    log.append("ab");
    log.sync();
    EXPECT_EQ(read_file(place / "log"), "1234567890ab");
}

TEST(AppendLog, MakesTheNameOfANewFileDurableAndKeepsWhatAnOldOneHolds) {
    const scratch place;
    faulty_disk disk;
    append_log(place / "log", 0640, 0, disk).close();
    EXPECT_EQ(disk.asked, (words{"sync all", "write", "sync all", "close"}));
    write_file(place / "log", "old ");
    faulty_disk second;
    append_log log(place / "log", 0640, 0, second);
    log.append("new");
    log.close();
    EXPECT_EQ(second.asked, (words{"write", "write", "sync all", "close"}));
    EXPECT_EQ(read_file(place / "log"), "old new");
}

TEST(AppendLog, AfterAFailedSyncItNeverClaimsSuccessAgain) {
    const scratch place;
    faulty_disk disk;
    append_log log(place / "log", 0640, 100, disk);
    log.append("a");
    disk.fail_sync = EIO;
    EXPECT_EQ(error_of([&] { log.sync(); }), EIO);
    disk.fail_sync = 0;  // as Linux does: the pages were dropped, and the error told once
    EXPECT_EQ(error_of([&] { log.sync(); }), EIO);
    EXPECT_EQ(error_of([&] { log.append("b"); }), EIO);
    EXPECT_EQ(error_of([&] { log.close(); }), EIO);
    EXPECT_EQ(error_of([&] { log.close(); }), 0) << "told once, closed once";
}

TEST(AppendLog, SaysHowMuchWasNotWrittenWhenTheDiskIsFull) {
    const scratch place;
    faulty_disk disk;
    append_log log(place / "log", 0640, 100, disk);
    log.append("123456");
    disk.fail_write = ENOSPC;
    disk.write_limit = 4;
    try {
        log.close();
        ADD_FAILURE();
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code().value(), ENOSPC);
        EXPECT_NE(std::string(error.what()).find("2 bytes not written"), std::string::npos);
    }
    EXPECT_EQ(read_file(place / "log"), "1234");
    EXPECT_EQ(disk.asked.back(), "close") << "the descriptor must not leak";
}

TEST(AppendLog, RefusesToAppendAfterItsEnd) {
    const scratch place;
    append_log log(place / "log", 0640, 100);
    log.close();
    EXPECT_EQ(error_of([&] { log.append("a"); }), EBADF);
    EXPECT_EQ(error_of([&] { log.sync(); }), EBADF);
}

TEST(AppendLog, KeepsThePiecesOfDifferentThreadsWhole) {
    const scratch place;
    append_log log(place / "log", 0640, 64);
    {
        std::vector<std::jthread> writers;
        for (int w = 0; w < 4; ++w) {
            writers.emplace_back([&log, w] {
                for (int i = 0; i < 200; ++i) {
                    log.append(std::string(20, static_cast<char>('a' + w)) + "\n");
                }
            });
        }
    }
    log.close();
    const std::string content = read_file(place / "log");
    ASSERT_EQ(content.size(), 4U * 200U * 21U);
    for (std::size_t at = 0; at < content.size(); at += 21) {
        EXPECT_EQ(content.substr(at, 21), std::string(20, content[at]) + "\n");
    }
}

TEST(AppendLog, RefusesAPathThatCannotBe) {
    const scratch place;
    EXPECT_THROW(append_log("", 0640, 0), std::invalid_argument);
    EXPECT_EQ(error_of([&] { append_log(place / "no/log", 0640, 0); }), ENOENT);
    EXPECT_EQ(error_of([&] { append_log(place.path(), 0640, 0); }), EISDIR);
}

}  // namespace
}  // namespace lastcall::detail

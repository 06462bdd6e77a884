// What waits in a connection is seen, and stays where it is; whose address is of this machine.
#include "sys/socket/unread_bytes.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/socket/local_address.hpp"

namespace lastcall::sys {
namespace {

class UnreadBytes : public testing::Test {
protected:
    void SetUp() override {
        int ends[2];
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        reader_ = unique_fd(ends[0]);
        writer_ = unique_fd(ends[1]);
        struct stat facts {};
        ASSERT_EQ(::fstat(reader_.get(), &facts), 0);
        inode_ = facts.st_ino;
    }

    [[nodiscard]] std::optional<unread_bytes> look() const {
        return peek_at(::getpid(), reader_.get(), inode_);
    }

    unique_fd reader_;
    unique_fd writer_;
    std::uint64_t inode_ = 0;
};

TEST_F(UnreadBytes, AreSeenAndNotTaken) {
    ASSERT_EQ(::write(writer_.get(), "hello", 5), 5);
    const auto seen = look();
    if (!seen && errno == EPERM) {
        GTEST_SKIP() << "pidfd_getfd(2) is forbidden here";
    }
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->start, "hello");
    EXPECT_TRUE(seen->is_whole());
    char bytes[8];
    EXPECT_EQ(::read(reader_.get(), bytes, sizeof bytes), 5);
    EXPECT_EQ(look()->count, 0U);
}

TEST_F(UnreadBytes, OfManyTheFirstAreShown) {
    const std::string much(10'000, 'x');
    ASSERT_EQ(::write(writer_.get(), much.data(), much.size()), 10'000);
    const auto seen = look();
    if (!seen && errno == EPERM) {
        GTEST_SKIP() << "pidfd_getfd(2) is forbidden here";
    }
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->count, 10'000U);
    EXPECT_LT(seen->start.size(), seen->count);
    EXPECT_FALSE(seen->is_whole());
}

TEST_F(UnreadBytes, OfAnotherSocketAreNotLookedAt) {
    inode_ += 1;
    EXPECT_FALSE(look());
}

TEST_F(UnreadBytes, OfWhoeverReadsWithAnOffsetAreNotLookedAt) {
    const int offset = 0;
    ASSERT_EQ(::setsockopt(reader_.get(), SOL_SOCKET, SO_PEEK_OFF, &offset, sizeof offset), 0);
    EXPECT_FALSE(look()) << "the look would move it";
}

TEST(LocalAddress, IsTheLoopbackAndNotSomebodyElses) {
    EXPECT_TRUE(is_of_this_machine(endpoint::loopback(80)));
    EXPECT_FALSE(is_of_this_machine(*endpoint::parse("192.0.2.7:80")));
    EXPECT_FALSE(is_of_this_machine(*endpoint::unix_socket("/run/x.sock")));
}

}  // namespace
}  // namespace lastcall::sys

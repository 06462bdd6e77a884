#include "sys/socket/message_channel.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/sealed_memory.hpp"

namespace lastcall::sys {
namespace {

using kind = message_channel::received::kind;

struct two {
    message_channel here, there;
    two() {
        auto ends = make_channel();
        here = message_channel(std::move(ends.ours));
        there = message_channel(std::move(ends.theirs));
    }
};

TEST(MessageChannel, CarriesWholeMessagesWithTheirDescriptors) {
    two ends;
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    ASSERT_TRUE(ends.here.send("one", {pipe_ends[1]}));
    ASSERT_TRUE(ends.here.send("two"));
    ::close(pipe_ends[1]);
    auto got = ends.there.receive();
    ASSERT_EQ(got.what, kind::message);
    EXPECT_EQ(got.text, "one");
    ASSERT_EQ(got.descriptors.size(), 1U);
    EXPECT_NE(::fcntl(got.descriptors[0].get(), F_GETFD) & FD_CLOEXEC, 0);
    ASSERT_EQ(::write(got.descriptors[0].get(), "x", 1), 1);
    char byte = 0;
    EXPECT_EQ(::read(pipe_ends[0], &byte, 1), 1);
    EXPECT_EQ(ends.there.receive().text, "two");
    EXPECT_EQ(ends.there.receive().what, kind::none);
    ends.here.close();
    EXPECT_EQ(ends.there.receive().what, kind::closed);
    ::close(pipe_ends[0]);
}

TEST(MessageChannel, CarriesWhatIsLargerThanADatagram) {
    two ends;
    const std::string large(3U << 20U, 'x');
    ASSERT_TRUE(ends.here.send(large, {0}));
    auto got = ends.there.receive();
    ASSERT_EQ(got.what, kind::message);
    EXPECT_EQ(got.text, large);
    EXPECT_EQ(got.descriptors.size(), 1U) << "the memory itself is not handed on";
    EXPECT_FALSE(ends.here.send(std::string(message_channel::largest_message + 1, 'x')));
}

TEST(MessageChannel, QueuesInOrderWhatTheOtherEndDoesNotTake) {
    two ends;
    constexpr int many = 5000;
    for (int i = 0; i < many; ++i) {
        ASSERT_TRUE(ends.here.send(std::to_string(i)));
    }
    EXPECT_TRUE(ends.here.has_queued());
    for (int i = 0; i < many; ++i) {
        auto got = ends.there.receive();
        if (got.what == kind::none) {
            ASSERT_TRUE(ends.here.flush());
            got = ends.there.receive();
        }
        ASSERT_EQ(got.text, std::to_string(i));
    }
    EXPECT_FALSE(ends.here.has_queued());
}

TEST(MessageChannel, RefusesMemoryThatItsSenderCouldStillChange) {
    two ends;
    const unique_fd memory(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    ASSERT_EQ(::write(memory.get(), "text", 4), 4);
    ASSERT_TRUE(ends.here.send(std::string(1, '\0'), {memory.get()}));
    EXPECT_EQ(ends.there.receive().what, kind::malformed);
    ASSERT_TRUE(ends.here.send("next"));
    EXPECT_EQ(ends.there.receive().text, "next");
}

TEST(MessageChannel, TellsWhenTheOtherEndIsGone) {
    two ends;
    ends.there.close();
    EXPECT_FALSE(ends.here.send("x"));
    EXPECT_EQ(ends.here.receive().what, kind::closed);
}

}  // namespace
}  // namespace lastcall::sys

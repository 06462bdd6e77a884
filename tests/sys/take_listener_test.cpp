// A listening socket that was handed in, and what is none.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <system_error>

#include "sys/socket/socket.hpp"

namespace lastcall::sys {
namespace {

TEST(TakeListener, TakesOneThatListens) {
    unique_fd given = listen_tcp(parse_listen_address("127.0.0.1:0"), 16);
    ::fcntl(given.get(), F_SETFL, 0);
    ::fcntl(given.get(), F_SETFD, 0);
    const int number = given.release();
    const unique_fd taken = take_listener(number);
    EXPECT_EQ(taken.get(), number);
    EXPECT_NE(local_port(taken.get()), 0);
    EXPECT_NE(::fcntl(taken.get(), F_GETFL) & O_NONBLOCK, 0);
    EXPECT_NE(::fcntl(taken.get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(TakeListener, RefusesWhatDoesNotListen) {
    const unique_fd unbound(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const unique_fd datagram(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const unique_fd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    for (const int number : {unbound.get(), datagram.get(), file.get(), 9999}) {
        try {
            (void)take_listener(number);
            FAIL() << number << " was taken";
        } catch (const std::system_error& e) {
            EXPECT_NE(std::string(e.what()).find("the descriptor " + std::to_string(number)),
                      std::string::npos)
                << e.what();
        }
    }
}

}  // namespace
}  // namespace lastcall::sys

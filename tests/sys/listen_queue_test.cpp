#include "sys/socket/listen_queue.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>
#include <thread>

#include "sys/socket/socket.hpp"

namespace lastcall::sys {
namespace {

endpoint at(const std::string& host, std::uint16_t port) {
    const auto made = endpoint::parse(host + ":" + std::to_string(port));
    EXPECT_TRUE(made.has_value()) << host;
    return made.value_or(endpoint::loopback(port));
}

/// Returns once it waits to be accepted, which may be later than connect(2) returns.
unique_fd connected(const endpoint& to) {
    const auto before = listener_state(to).waiting;
    unique_fd fd(::socket(to.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(fd.get(), to.address(), to.size()), 0) << to.text();
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (listener_state(to).waiting == before && std::chrono::steady_clock::now() < until) {
        std::this_thread::yield();
    }
    return fd;
}

TEST(ListenQueue, NamesTheSocketAndItsBacklog) {
    const unique_fd listener = listen_tcp({"127.0.0.1", 0}, 17);
    const auto facts = listener_state(at("127.0.0.1", local_port(listener.get())));
    ASSERT_TRUE(facts.is_known);
    ASSERT_TRUE(facts.listens());
    EXPECT_EQ(facts.backlog, 17U);
    EXPECT_EQ(facts.waiting, 0U);
    EXPECT_EQ(facts.owner, ::geteuid());
    std::array<char, 64> name{};
    ASSERT_GT(::readlink(("/proc/self/fd/" + std::to_string(listener.get())).c_str(), name.data(),
                         name.size()),
              0);
    EXPECT_EQ(std::string(name.data()), "socket:[" + std::to_string(facts.inodes.front()) + "]");
}

TEST(ListenQueue, CountsWhoIsNotAcceptedYet) {
    const unique_fd listener = listen_tcp({"127.0.0.1", 0}, 17);
    const auto there = at("127.0.0.1", local_port(listener.get()));
    const auto first = connected(there);
    const auto second = connected(there);
    EXPECT_EQ(listener_state(there).waiting, 2U);
    unique_fd accepted;
    ASSERT_EQ(accept_connection(listener.get(), accepted), accept_outcome::accepted);
    EXPECT_EQ(listener_state(there).waiting, 1U);
}

TEST(ListenQueue, SeesThatNobodyListensAnyMore) {
    unique_fd listener = listen_tcp({"127.0.0.1", 0}, 17);
    const auto there = at("127.0.0.1", local_port(listener.get()));
    const auto client = connected(there);
    unique_fd accepted;
    ASSERT_EQ(accept_connection(listener.get(), accepted), accept_outcome::accepted);
    listener.reset();
    const auto facts = listener_state(there);
    EXPECT_TRUE(facts.is_known);
    EXPECT_FALSE(facts.listens()) << "a connection is no listener";
}

TEST(ListenQueue, AListenerOnAllAddressesIsReachedAtEach) {
    const unique_fd listener = listen_tcp({"", 0}, 5);
    const auto port = local_port(listener.get());
    EXPECT_TRUE(listener_state(at("127.0.0.1", port)).listens());
    EXPECT_TRUE(listener_state(at("[::1]", port)).listens());
}

TEST(ListenQueue, AListenerOnAnotherAddressIsNotReached) {
    const unique_fd listener = listen_tcp({"127.0.0.2", 0}, 5);
    const auto port = local_port(listener.get());
    EXPECT_TRUE(listener_state(at("127.0.0.2", port)).listens());
    EXPECT_FALSE(listener_state(at("127.0.0.1", port)).listens());
    EXPECT_FALSE(listener_state(at("[::1]", port)).listens());
}

TEST(ListenQueue, AListenerOfIPv6OnlyIsNotReachedOverIPv4) {
    const unique_fd listener(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    ASSERT_EQ(::setsockopt(listener.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on), 0);
    const auto any = at("[::]", 0);
    ASSERT_EQ(::bind(listener.get(), any.address(), any.size()), 0);
    ASSERT_EQ(::listen(listener.get(), 5), 0);
    const auto port = local_port(listener.get());
    EXPECT_FALSE(listener_state(at("127.0.0.1", port)).listens());
    EXPECT_TRUE(listener_state(at("[::1]", port)).listens());
}

TEST(ListenQueue, AddsUpTheSocketsThatShareAPort) {
    const int on = 1;
    const auto shared = [&](std::uint16_t port) {
        unique_fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        EXPECT_EQ(::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on), 0);
        const auto where = endpoint::loopback(port);
        EXPECT_EQ(::bind(fd.get(), where.address(), where.size()), 0);
        EXPECT_EQ(::listen(fd.get(), 7), 0);
        return fd;
    };
    const auto first = shared(0);
    const auto second = shared(local_port(first.get()));
    const auto facts = listener_state(endpoint::loopback(local_port(first.get())));
    EXPECT_EQ(facts.inodes.size(), 2U);
    EXPECT_EQ(facts.backlog, 14U);
}

}  // namespace
}  // namespace lastcall::sys

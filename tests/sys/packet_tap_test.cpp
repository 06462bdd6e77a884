#include "sys/socket/packet_tap.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>

#include "sys/socket/socket.hpp"

namespace lastcall::sys {
namespace {

constexpr std::string_view request = "hello";

/// Takes a request from each of `count` connections, and resets it.
void reset_each(int listener, int count) {
    for (int i = 0; i < count; ++i) {
        pollfd comes{listener, POLLIN, 0};
        ASSERT_EQ(::poll(&comes, 1, 30'000), 1);
        const unique_fd accepted(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
        std::array<char, request.size()> taken{};
        ASSERT_EQ(::recv(accepted.get(), taken.data(), taken.size(), MSG_WAITALL),
                  static_cast<ssize_t>(request.size()));
        const linger at_once{1, 0};
        ASSERT_EQ(::setsockopt(accepted.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    }
}

/// Sends a request and turns in circles until the connection is reset, so that no time passes
/// between the reset and the look at the tap.
void ask_and_be_reset(const endpoint& server) {
    const unique_fd fd(::socket(server.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(fd.get(), server.address(), server.size()), 0) << std::strerror(errno);
    ASSERT_EQ(::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(request.size()));
    std::array<char, 1> byte{};
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (::recv(fd.get(), byte.data(), byte.size(), MSG_DONTWAIT) < 0 && errno == EAGAIN) {
        ASSERT_LT(std::chrono::steady_clock::now(), until) << "not reset";
    }
    ASSERT_EQ(errno, ECONNRESET);
}

/// The segments that wait in `tap`: a SYN-ACK and a reset, and nothing else.
struct handshake_and_reset {
    int handshakes = 0;
    int resets = 0;
    std::uint32_t taken = 0;  ///< bytes that the reset acknowledges
};

handshake_and_reset waiting(packet_tap& tap) {
    handshake_and_reset seen;
    std::uint32_t first_byte = 0;
    while (const auto segment = tap.next()) {
        if (segment->has_syn) {
            ++seen.handshakes;
            first_byte = segment->acknowledgement;
        } else if (segment->has_rst) {
            ++seen.resets;
            seen.taken = segment->acknowledgement - first_byte;
        }
    }
    return seen;
}

class PacketTap : public testing::TestWithParam<std::string> {};

TEST_P(PacketTap, HasAResetBeforeTheClientReadsIt) {
    constexpr int count = 2'000;
    const std::string& host = GetParam();
    const unique_fd listener = listen_tcp({host, 0}, 16);
    const auto port = std::to_string(local_port(listener.get()));
    const auto server = endpoint::parse((host == "::1" ? "[::1]" : host) + ":" + port);
    ASSERT_TRUE(server.has_value());
    packet_tap tap(*server);
    if (!tap.works()) {
        GTEST_SKIP() << "needs CAP_NET_RAW";
    }
    std::thread serving([&] { reset_each(listener.get(), count); });
    for (int i = 0; i < count; ++i) {
        ask_and_be_reset(*server);
        const auto seen = waiting(tap);
        EXPECT_EQ(seen.handshakes, 1) << "connection " << i;
        EXPECT_EQ(seen.resets, 1) << "connection " << i;
        EXPECT_EQ(seen.taken, request.size()) << "connection " << i;
    }
    serving.join();
    EXPECT_EQ(tap.lost(), 0U);
}

TEST_P(PacketTap, HearsNothingOfAnotherPort) {
    const std::string& host = GetParam();
    const unique_fd watched = listen_tcp({host, 0}, 16);
    const unique_fd other = listen_tcp({host, 0}, 16);
    const auto at = [&](const unique_fd& listener) {
        return endpoint::parse((host == "::1" ? "[::1]" : host) + ":" +
                               std::to_string(local_port(listener.get())));
    };
    packet_tap tap(at(watched).value());
    if (!tap.works()) {
        GTEST_SKIP() << "needs CAP_NET_RAW";
    }
    std::thread serving([&] { reset_each(other.get(), 1); });
    ask_and_be_reset(at(other).value());
    serving.join();
    const auto seen = waiting(tap);
    EXPECT_EQ(seen.handshakes + seen.resets, 0);
}

INSTANTIATE_TEST_SUITE_P(Over, PacketTap, testing::Values("127.0.0.1", "::1"),
                         [](const auto& one) { return one.param == "::1" ? "IPv6" : "IPv4"; });

}  // namespace
}  // namespace lastcall::sys

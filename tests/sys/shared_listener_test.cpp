#include "sys/socket/shared_listener.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/lasting_text.hpp"
#include "sys/private_directory.hpp"
#include "sys/socket/reuseport.hpp"

namespace lastcall::sys {
namespace {

unique_fd client_of(const shared_listener& listener) {
    const auto at = listener_address::parse(listener.address());
    unique_fd made(::socket(at.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(made.get(), at.get(), at.size), 0) << listener.address();
    return made;
}

std::uint32_t waiting(shared_listener& listener, int slot) { return listener.look(slot).waiting; }

/// Accepts all that wait. Returns: how many.
int accept_all(int listener) {
    int count = 0;
    for (pollfd ready{listener, POLLIN, 0}; ::poll(&ready, 1, 0) == 1; ++count) {
        const unique_fd taken(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
        if (!taken) {
            break;
        }
    }
    return count;
}

class SharedListener : public ::testing::TestWithParam<const char*> {
protected:
    private_directory folder_;
    shared_listener::terms terms() {
        std::string address = GetParam();
        if (address == "unix") {
            address = "unix:" + (folder_.path() / "s").string();
        }
        return {.address = address};
    }
};

TEST_P(SharedListener, MovesAllNewConnectionsAndBack) {
    shared_listener listener(terms());
    listener.prepare(1);
    for (const int to : {0, 1, 1, 0, 1}) {
        listener.steer(to);
        std::vector<unique_fd> clients;
        for (int i = 0; i < 20; ++i) {
            clients.push_back(client_of(listener));
        }
        EXPECT_EQ(waiting(listener, to), 20U);
        EXPECT_EQ(waiting(listener, 1 - to), 0U);
        EXPECT_EQ(accept_all(listener.fd(to)), 20);
    }
}

TEST_P(SharedListener, ASlotThatWasShutDownListensAgain) {
    shared_listener listener(terms());
    listener.prepare(1);
    listener.steer(1);
    ::shutdown(listener.fd(0), SHUT_RDWR);
    listener.settle();
    const auto first = client_of(listener);
    EXPECT_EQ(waiting(listener, 1), 1U);
    listener.prepare(0);
    const auto second = client_of(listener);
    EXPECT_EQ(waiting(listener, 1), 2U) << "it was not asked to steer";
    listener.steer(0);
    const auto third = client_of(listener);
    EXPECT_EQ(waiting(listener, 0), 1U);
    listener.steer(1);
    const auto fourth = client_of(listener);
    EXPECT_EQ(waiting(listener, 1), 3U);
}

TEST_P(SharedListener, BothMayBeShutDown) {
    shared_listener listener(terms());
    listener.prepare(1);
    ::shutdown(listener.fd(0), SHUT_RDWR);
    ::shutdown(listener.fd(1), SHUT_RDWR);
    listener.prepare(0);
    listener.prepare(1);
    for (const int to : {0, 1, 0}) {
        listener.steer(to);
        const auto client = client_of(listener);
        EXPECT_EQ(waiting(listener, to), 1U);
        accept_all(listener.fd(to));
    }
}

INSTANTIATE_TEST_SUITE_P(All, SharedListener,
                         ::testing::Values("tcp:127.0.0.1:0", "tcp:[::1]:0", "unix"),
                         [](const auto& one) {
                             const std::string name = one.param;
                             return name == "unix"                        ? "Unix"
                                    : name.find('[') == std::string::npos ? "IPv4"
                                                                          : "IPv6";
                         });

TEST(SharedListenerQueue, MovesToTheSteeredSlotWhereTheKernelPermits) {
    shared_listener listener({.address = "tcp:127.0.0.1:0"});
    listener.prepare(1);
    std::vector<unique_fd> clients;
    for (int i = 0; i < 200; ++i) {
        clients.push_back(client_of(listener));
    }
    EXPECT_NE(listener.migrate(0), 0) << "it is the one that is steered to";
    listener.steer(1);
    clients.push_back(client_of(listener));
    if (const int error = listener.migrate(0); error != 0) {
        GTEST_SKIP() << "the kernel refuses to migrate: needs CAP_BPF (" << error << ")";
    }
    EXPECT_EQ(waiting(listener, 0), 0U);
    EXPECT_EQ(accept_all(listener.fd(1)), 201);
    clients.push_back(client_of(listener));
    EXPECT_EQ(waiting(listener, 1), 1U);
    listener.steer(0);
    clients.push_back(client_of(listener));
    EXPECT_EQ(waiting(listener, 0), 1U);
}

TEST(SharedListenerMode, OfAUnixSocketIsAsAskedWhateverTheUmask) {
    const private_directory folder;
    const auto path = (folder.path() / "s").string();
    const mode_t before = ::umask(0077);
    {
        const shared_listener listener({.address = "unix:" + path, .mode = 0666});
        struct stat facts {};
        ASSERT_EQ(::stat(path.c_str(), &facts), 0);
        EXPECT_EQ(facts.st_mode & 0777, 0666U);
    }
    ::umask(before);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "nothing is left behind";
}

TEST(SharedListenerAll, TakesBothFamilies) {
    shared_listener listener({.address = "tcp:[::]:0"});
    const auto port = listener_address::parse(listener.address()).port();
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const unique_fd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(client.get(), reinterpret_cast<const sockaddr*>(&v4), sizeof v4), 0);
    EXPECT_EQ(waiting(listener, 0), 1U);
}

TEST(LastingText, SurvivesAWriteThatWasCut) {
    auto text = lasting_text::make();
    ASSERT_TRUE(text);
    EXPECT_FALSE(text.read());
    ASSERT_TRUE(text.write("first"));
    ASSERT_TRUE(text.write("second"));
    EXPECT_EQ(text.read(), "second");
    // The next one goes where "first" was; it is cut in the middle of "second"'s place instead.
    auto other = lasting_text::take_over(unique_fd(::dup(text.fd())));
    EXPECT_EQ(other.read(), "second");
    ASSERT_TRUE(other.write("third"));
    ASSERT_EQ(::pwrite(other.fd(), "?", 1, static_cast<off_t>(lasting_text::longest) + 32 + 32 + 1),
              1);
    EXPECT_EQ(other.read(), "second");
}

}  // namespace
}  // namespace lastcall::sys

// What goes wrong between a program, its socket and us: killed, interrupted, shut down, watched
// too early.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <stdexcept>

#include "intercept/harness.hpp"
#include "intercept/in_child.hpp"

namespace lastcall::testing {
namespace {

/// A child under the filter whose calls nobody answers unless the test does.
class unanswered {
public:
    explicit unanswered(const std::function<int()>& body) {
        int pair[2];
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
        const sys::unique_fd ours(pair[0]);
        sys::unique_fd theirs(pair[1]);
        pid_ = ::fork();
        if (pid_ == 0) {
            if (!sys::send_bind_filter(theirs.get(), {}).is_there()) {
                ::_exit(101);
            }
            ::_exit(body());
        }
        theirs.reset();
        listener = std::move(sys::receive_bind_filter(ours.get()).listener);
    }
    unanswered(const unanswered&) = delete;
    unanswered& operator=(const unanswered&) = delete;
    ~unanswered() { (void)end(SIGKILL); }
    int end(int signal) {
        int status = status_;
        if (pid_ > 0) {
            if (signal != 0) {
                ::kill(pid_, signal);
            }
            EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
            pid_ = -1;
            status_ = status;
        }
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }
    sys::unique_fd listener;

private:
    pid_t pid_ = -1;
    int status_ = 0;
};

bool is_readable(int fd, int patience_ms) {
    pollfd look{fd, POLLIN, 0};
    return ::poll(&look, 1, patience_ms) == 1;
}

constexpr int ceiling_ms = 30000;

class Trap : public ::testing::Test {
protected:
    steered_group group_{"127.0.0.1"};
    const int socket_ = group_.open();
};

TEST_F(Trap, AProgramKilledBeforeItsCallIsReadIsForgotten) {
    unanswered child([&] { return bind_ip4(tcp_socket(), loopback, group_.port()); });
    bind_interceptor interceptor(std::move(child.listener), {{"web", socket_, ""}});
    ASSERT_TRUE(is_readable(interceptor.fd(), ceiling_ms));
    EXPECT_EQ(child.end(SIGKILL), -SIGKILL);
    ASSERT_TRUE(is_readable(interceptor.fd(), ceiling_ms));
    const auto news = interceptor.on_readable();
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].kind, what::ended);
    EXPECT_TRUE(interceptor.is_over());
    EXPECT_FALSE(is_readable(interceptor.fd(), 0)) << "a keeper would spin";
    EXPECT_TRUE(interceptor.on_readable().empty());
}

TEST_F(Trap, AProgramKilledInTheMiddleOfItsCallIsForgotten) {
    std::uint16_t port = 0;
    {
        steered_group free("127.0.0.1");
        free.open();
        port = free.port();
    }
    unanswered child([&] { return bind_ip4(tcp_socket(), loopback, port); });
    bind_interceptor interceptor(std::move(child.listener), {});
    // Asked for a socket after the call was read, and before it is answered.
    interceptor.open_ports({{"web", port}}, [&](std::string_view, const sys::listen_address&) {
        EXPECT_EQ(child.end(SIGKILL), -SIGKILL);
        return bind_interceptor::opened{sys::unique_fd(::dup(socket_)), ""};
    });
    ASSERT_TRUE(is_readable(interceptor.fd(), ceiling_ms));
    std::vector<intercept_event> news = interceptor.on_readable();
    ASSERT_FALSE(news.empty());
    EXPECT_EQ(news.back().kind, what::ended);
    for (const intercept_event& each : news) {
        EXPECT_NE(each.kind, what::bound);
    }
}

TEST_F(Trap, NothingToReadIsNothingToWaitFor) {
    unanswered child([] { return ::pause(); });
    bind_interceptor interceptor(std::move(child.listener), {{"web", socket_, ""}});
    EXPECT_FALSE(is_readable(interceptor.fd(), 0));
    EXPECT_TRUE(interceptor.on_readable().empty());
    // A connection that comes in wakes nobody here.
    const sys::unique_fd client(tcp_socket(AF_INET, SOCK_CLOEXEC));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(loopback);
    to.sin_port = htons(group_.port());
    ASSERT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    ASSERT_TRUE(eventually([&] { return accept_queue(socket_) == 1; }));
    EXPECT_FALSE(is_readable(interceptor.fd(), 0));
}

TEST_F(Trap, WithoutAKeeperABindFailsAndWhatIsBoundStays) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    unanswered child([&] {
        const int fd = tcp_socket();
        if (bind_ip4(fd, loopback, group_.port()) != 0) {
            return 1;
        }
        char byte = 0;
        (void)!::read(pipe[0], &byte, 1);
        return bind_ip4(tcp_socket(), loopback, 0) == ENOSYS && ::listen(fd, 1) == -1 &&
                       errno == ENOSYS && get_option(fd, SOL_SOCKET, SO_ACCEPTCONN) == 1
                   ? 0
                   : 2;
    });
    {
        bind_interceptor interceptor(std::move(child.listener), {{"web", socket_, ""}});
        ASSERT_TRUE(is_readable(interceptor.fd(), ceiling_ms));
        EXPECT_EQ(interceptor.on_readable().at(0).kind, what::bound);
    }
    ASSERT_EQ(::write(pipe[1], "x", 1), 1);
    EXPECT_EQ(child.end(0), 0);
    ::close(pipe[0]);
    ::close(pipe[1]);
}

TEST_F(Trap, SignalsDoNotDisturbABind) {
    start_options options;
    options.offers = {{"web", socket_, ""}};
    intercepted program(
        [&] {
            static volatile sig_atomic_t count = 0;
            struct sigaction action {};
            action.sa_handler = [](int) { count = count + 1; };  // without SA_RESTART
            ::sigaction(SIGALRM, &action, nullptr);
            const itimerval often{{0, 100}, {0, 100}};
            ::setitimer(ITIMER_REAL, &often, nullptr);
            for (int i = 0; i < 500 || count < 20; ++i) {
                const int fd = tcp_socket();
                const int error = bind_ip4(fd, loopback, group_.port());
                // EINTR: it came before the keeper had read the call, and nothing has happened.
                if (error != 0 && error != EINTR) {
                    return error;
                }
                ::close(fd);
            }
            return 0;
        },
        std::move(options));
    EXPECT_EQ(program.wait(), 0);
    EXPECT_TRUE(program.all(what::problem).empty());
}

TEST_F(Trap, AShutDownSocketIsReportedAndRevivedByListen) {
    start_options options;
    options.offers = {{"web", socket_, ""}};
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    intercepted program(
        [&] {
            const int fd = tcp_socket();
            if (bind_ip4(fd, loopback, group_.port()) != 0 || ::listen(fd, 1) != 0 ||
                ::shutdown(fd, SHUT_RDWR) != 0) {
                return 1;
            }
            char byte = 0;
            (void)!::read(pipe[0], &byte, 1);
            return ::listen(fd, 1) == 0 ? 0 : 2;
        },
        std::move(options));
    const auto shut = program.next(what::shut_down);
    ASSERT_TRUE(shut);
    EXPECT_EQ(shut->socket, "web");
    EXPECT_FALSE(is_listening(socket_));
    ASSERT_EQ(::write(pipe[1], "x", 1), 1);
    EXPECT_TRUE(program.next(what::revived));
    EXPECT_EQ(program.wait(), 0);
    EXPECT_TRUE(is_listening(socket_));
    EXPECT_EQ(program.all(what::shut_down).size(), 1U);
    ::close(pipe[0]);
    ::close(pipe[1]);
}

TEST_F(Trap, AnEpollEntryFromBeforeTheBindStaysTheProgramsOwn) {
    start_options options;
    options.offers = {{"web", socket_, ""}};
    intercepted program(
        [&] {
            const int set = ::epoll_create1(0);
            const int fd = tcp_socket(AF_INET, SOCK_NONBLOCK);
            epoll_event event{};
            event.events = EPOLLIN | EPOLLET;
            event.data.u64 = 0x1234567890abcdef;
            if (::epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) != 0 ||
                bind_ip4(fd, loopback, group_.port()) != 0 || ::listen(fd, 1) != 0) {
                return 1;
            }
            epoll_event got{};
            if (::epoll_wait(set, &got, 1, ceiling_ms) != 1 || got.data.u64 != 0x1234567890abcdef ||
                ::accept(fd, nullptr, nullptr) < 0) {
                return 2;
            }
            event.events = EPOLLOUT;
            return ::epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) == -1 && errno == EEXIST &&
                           ::epoll_ctl(set, EPOLL_CTL_MOD, fd, &event) == 0 &&
                           ::epoll_ctl(set, EPOLL_CTL_DEL, fd, nullptr) == 0
                       ? 0
                       : 3;
        },
        std::move(options));
    ASSERT_TRUE(program.next(what::listening));
    (void)get("127.0.0.1", group_.port());
    EXPECT_EQ(program.wait(), 0);
}

TEST_F(Trap, AFailureOfOurOwnIsAnAnswerToo) {
    start_options options;
    std::uint16_t port = 0;
    {
        steered_group free("127.0.0.1");
        free.open();
        port = free.port();
    }
    options.ports = {{"web", port}};
    options.open = [](std::string_view, const sys::listen_address&) -> bind_interceptor::opened {
        throw std::runtime_error("no more descriptors");
    };
    intercepted program([&] { return bind_ip4(tcp_socket(), loopback, port); }, std::move(options));
    EXPECT_EQ(program.wait(), EADDRINUSE);
    const auto problem = program.next(what::problem);
    ASSERT_TRUE(problem);
    EXPECT_NE(problem->text.find("no more descriptors"), std::string::npos);
}

}  // namespace
}  // namespace lastcall::testing

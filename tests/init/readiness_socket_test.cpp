// What probes must not do to the service and to the main loop.
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <cstring>
#include <fstream>

#include "readiness_fixture.hpp"

namespace lastcall::init {
namespace {

using namespace std::chrono_literals;

TEST_F(Readiness, ByHttpEndsTheConnectionProperly) {
    server patient({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"});
    patient.stays_open = true;
    patient.listen();
    begin(kind::http, patient.port());
    finish_try(patient, 0s);
    EXPECT_EQ(check_.now(), state::ready);
    while (patient.connection() >= 0) {
        pollfd end{patient.connection(), POLLIN, 0};
        ASSERT_EQ(::poll(&end, 1, ceiling_ms), 1);
        patient.turn();
    }
    EXPECT_FALSE(patient.saw_reset) << "servers log that";
}

TEST_F(Readiness, IsNotWokenByATryThatIsOver) {
    server mute({});
    mute.listen();
    begin(kind::http, mute.port());
    check_.on_ready_fd(0s);
    // A child between fork and exec has a copy of the connection.
    int hold[2];
    ASSERT_EQ(::pipe(hold), 0);
    const pid_t pid = ::fork();
    if (pid == 0) {
        char byte = 0;
        ::close(hold[1]);
        (void)!::read(hold[0], &byte, 1);
        ::_exit(0);
    }
    check_.on_time(1s);
    EXPECT_EQ(check_.last(), "no answer within a second");
    mute.turn();
    mute.hang_up();
    pollfd watched{check_.fd(), POLLIN, 0};
    EXPECT_EQ(::poll(&watched, 1, 0), 0);
    ::close(hold[1]);
    ::close(hold[0]);
    ::waitpid(pid, nullptr, 0);
}

// A network of its own with one ephemeral port: a connect to that port meets itself.
bool enter_network_with_one_port(const char* range) {
    if (::unshare(CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
        return false;
    }
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq lo{};
    std::strcpy(lo.ifr_name, "lo");
    lo.ifr_flags = IFF_UP;
    const bool is_up = ::ioctl(fd, SIOCSIFFLAGS, &lo) == 0;
    ::close(fd);
    return is_up && (std::ofstream("/proc/sys/net/ipv4/ip_local_port_range") << range).flush();
}

TEST_F(Readiness, ByTcpIsNotGivenByAConnectionToItself) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        if (!enter_network_with_one_port("40000 40000")) {
            ::_exit(77);
        }
        begin(kind::tcp, "40000");
        while (check_.last().empty() && check_.now() == state::pending) {
            pollfd one{check_.fd(), POLLIN, 0};
            if (::poll(&one, 1, ceiling_ms) != 1) {
                ::_exit(2);
            }
            check_.on_ready_fd(0s);
        }
        EXPECT_EQ(check_.now(), state::pending);
        EXPECT_EQ(check_.last(), "connection refused");
        server service({}, AF_INET, 40000);
        EXPECT_TRUE(service.is_bound()) << "what is left of the try keeps the port";
        ::_exit(HasFailure() ? 1 : 0);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        GTEST_SKIP() << "network namespaces are not permitted here";
    }
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace lastcall::init

// Clients that say nothing, half of it, or too much, and never read; and what the socket
// costs while there are none.
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <vector>

#include "runtime/status_asking.hpp"
#include "sys/fd.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::ask;
using testing::child;
using testing::status_options;
using testing::status_outcome;

LASTCALL_SCENARIO(serving_clients) { return testing::serve(status_options()); }

std::string address_of(int pid) {
    std::ifstream table("/proc/" + std::to_string(pid) + "/net/unix");
    const std::string wanted = "@lastcall/" + std::to_string(pid) + "/";
    for (std::string line; std::getline(table, line);) {
        if (const auto at = line.find(wanted); at != std::string::npos) {
            return line.substr(at + 1);
        }
    }
    return {};
}

sys::unique_fd connect_to(int pid) {
    const std::string name = address_of(pid);
    sys::unique_fd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
    return fd;
}

void send(const sys::unique_fd& to, std::string_view text) {
    // A service that has closed already is one of the answers.
    ::send(to.get(), text.data(), text.size(), MSG_NOSIGNAL);
}

// What came until the other end closed, or "no end" at the ceiling.
std::string everything_from(const sys::unique_fd& fd) {
    std::string all;
    std::array<char, wire::largest_status> buffer;
    for (;;) {
        pollfd p{fd.get(), POLLIN, 0};
        if (::poll(&p, 1, 20'000) <= 0) {
            return "no end";
        }
        const ssize_t n = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
        if (n <= 0) {
            return all;
        }
        all.append(buffer.data(), static_cast<std::size_t>(n));
    }
}

TEST(StatusSocket, ClosesOnWhatIsNoRequest) {
    child c("serving_clients");
    ASSERT_TRUE(c.wait_for("ready\n"));
    for (const std::string& bad :
         {std::string("lastcall-sta"), std::string("lastcall-status\t2\tin_flight\n"),
          std::string("stop\n"), std::string(60'000, 'x')}) {
        const sys::unique_fd fd = connect_to(c.pid());
        send(fd, bad);
        EXPECT_EQ(everything_from(fd), "") << bad.substr(0, 40);
    }
    EXPECT_EQ(ask(c.pid()).outcome, status_outcome::answered);
}

TEST(StatusSocket, LetsTheOldestGoWhenTooManyConnectAndSayNothing) {
    child c("serving_clients");
    ASSERT_TRUE(c.wait_for("ready\n"));
    std::vector<sys::unique_fd> silent;
    for (int i = 0; i < 100; ++i) {
        silent.push_back(connect_to(c.pid()));
    }
    EXPECT_EQ(ask(c.pid()).outcome, status_outcome::answered);
    EXPECT_EQ(everything_from(silent.front()), "") << "it had to give way";
    send(silent.back(), wire::in_flight_request);
    EXPECT_NE(everything_from(silent.back()).find("\nend\n"), std::string::npos);
}

TEST(StatusSocket, KeepsAClientThatIsSlowToAskWhileOthersComeAndGo) {
    child c("serving_clients");
    ASSERT_TRUE(c.wait_for("ready\n"));
    const sys::unique_fd slow = connect_to(c.pid());
    for (int i = 0; i < 50; ++i) {
        ASSERT_EQ(ask(c.pid()).outcome, status_outcome::answered);
    }
    send(slow, wire::in_flight_request);
    EXPECT_NE(everything_from(slow).find("\nend\n"), std::string::npos);
}

TEST(StatusSocket, IsNotHeldUpByClientsThatNeverRead) {
    child c("serving_clients");
    ASSERT_TRUE(c.wait_for("ready\n"));
    std::vector<sys::unique_fd> deaf;
    for (int i = 0; i < 200; ++i) {
        deaf.push_back(connect_to(c.pid()));
        send(deaf.back(), wire::in_flight_request);
    }
    EXPECT_EQ(ask(c.pid()).outcome, status_outcome::answered);
    c.signal(SIGTERM);
    EXPECT_EQ(c.wait(), 0) << c.output();
}

TEST(StatusSocket, AnswersManyAtOnce) {
    child c("serving_clients");
    ASSERT_TRUE(c.wait_for("ready\n"));
    std::atomic<int> answered{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 8; ++i) {
        clients.emplace_back([&] {
            for (int k = 0; k < 50; ++k) {
                answered += ask(c.pid()).outcome == status_outcome::answered ? 1 : 0;
            }
        });
    }
    for (std::thread& client : clients) {
        client.join();
    }
    EXPECT_EQ(answered.load(), 400);
}

// ---- cost ----

// How long the watchdog's thread has run, and how often: one line of /proc, schedstat.
std::string runs_of_watchdog(int pid) {
    const auto tasks = "/proc/" + std::to_string(pid) + "/task";
    for (const auto& task : std::filesystem::directory_iterator(tasks)) {
        std::string name;
        std::getline(std::ifstream(task.path() / "comm"), name);
        if (name == "lastcall-watch") {
            std::string line;
            std::getline(std::ifstream(task.path() / "schedstat"), line);
            return line;
        }
    }
    return {};
}

TEST(StatusSocket, DoesNotWakeTheWatchdogWhileNobodyAsks) {
    child c("serving_clients");
    ASSERT_TRUE(c.wait_for("ready\n"));
    const sys::unique_fd silent = connect_to(c.pid());
    ASSERT_EQ(ask(c.pid()).outcome, status_outcome::answered);
    // It goes back to sleep some moment after the answer.
    std::string before;
    const auto until = std::chrono::steady_clock::now() + testing::ceiling;
    do {
        before = runs_of_watchdog(c.pid());
        std::this_thread::sleep_for(300ms);
    } while (runs_of_watchdog(c.pid()) != before && std::chrono::steady_clock::now() < until);
    ASSERT_NE(before, "");
    EXPECT_EQ(runs_of_watchdog(c.pid()), before) << "time run, time waited, number of runs";
    ASSERT_EQ(ask(c.pid()).outcome, status_outcome::answered);
    EXPECT_NE(runs_of_watchdog(c.pid()), before) << "the measure shows an answer";
}

}  // namespace
}  // namespace lastcall

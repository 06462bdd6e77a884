// A service in a process of its own is asked what is in flight.
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <lastcall/lifecycle.hpp>
#include <sstream>
#include <thread>

#include "support/scenario.hpp"
#include "sys/fd.hpp"
#include "sys/process.hpp"
#include "sys/status_client.hpp"
#include "wire/status_message.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using sys::status_outcome;
using testing::child;
using testing::say;

lifecycle_options options(std::string name = "test") {
    lifecycle_options o{.service = std::move(name)};
    o.grace = 30s;
    o.reserve = 0ms;
    o.report_file = testing::report_file();
    return o;
}

struct asked {
    status_outcome outcome;
    std::string text;

    [[nodiscard]] bool has(const std::string& part) const {
        return text.find(part) != std::string::npos;
    }
};

asked ask(int pid, std::chrono::milliseconds patience = testing::ceiling) {
    std::array<char, wire::largest_status> memory;
    const auto got =
        sys::ask_status(pid, wire::in_flight_request, memory, sys::monotonic_now() + patience);
    return {got.outcome, std::string(memory.data(), got.size)};
}

// Asks again until the answer holds `part`: what the service does next has no event.
asked ask_until(int pid, const std::string& part) {
    const auto until = std::chrono::steady_clock::now() + testing::ceiling;
    asked answer = ask(pid);
    while (!answer.has(part) && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(1ms);
        answer = ask(pid);
    }
    return answer;
}

void block_for_ever() {
    for (;;) {
        ::pause();
    }
}

LASTCALL_SCENARIO(everything_blocked) {
    lifecycle life(options("blocked"));
    gate requests("http");
    gate jobs("jobs");
    life.add({.name = "http", .gates = {&requests}, .drain = [] { block_for_ever(); }});
    std::thread([&] {
        const pass slow = requests.try_enter("GET /slow");
        const pass job = jobs.try_enter();
        say("inside");
        block_for_ever();
    }).detach();
    std::thread([&life] {
        life.health().watch_loop("loop", 50ms, [](const std::function<void()>&) {});
        life.ready();
        say("ready");
        block_for_ever();
    }).detach();
    return life.run().exit_code();
}

TEST(StatusSocket, AnswersWhileLoopWorkerAndStepAreBlocked) {
    child c("everything_blocked");
    ASSERT_TRUE(c.wait_for("ready\n"));
    ASSERT_TRUE(c.wait_for("inside\n"));
    const asked before = ask(c.pid());
    EXPECT_EQ(before.outcome, status_outcome::answered);
    EXPECT_TRUE(before.has("lastcall-status\t1\nservice\tblocked\nstate\tready\n")) << before.text;
    EXPECT_FALSE(before.has("remaining\t")) << before.text;
    EXPECT_TRUE(before.has("gate\thttp\t1\topen\npass\tGET /slow\t")) << before.text;

    c.signal(SIGTERM);
    const asked after = ask_until(c.pid(), "step\thttp\tdrain\t");
    EXPECT_TRUE(after.has("\nstate\tdraining\n")) << after.text;
    EXPECT_TRUE(after.has("\nremaining\t29") || after.has("\nremaining\t30000")) << after.text;
    EXPECT_TRUE(after.has("step\thttp\tdrain\t")) << after.text;
    EXPECT_TRUE(after.has("gate\thttp\t1\tclosed\npass\tGET /slow\t")) << after.text;
    EXPECT_TRUE(after.text.ends_with("\nend\n")) << after.text;
}

LASTCALL_SCENARIO(engine_blocked) {
    lifecycle_options o = options();
    o.log = [](std::string_view) {
        say("logging");
        block_for_ever();
    };
    lifecycle life(o);
    life.ready();
    say("ready");
    return life.run().exit_code();
}

TEST(StatusSocket, AnswersWhileTheEngineIsBlockedInTheLog) {
    child c("engine_blocked");
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGTERM);
    ASSERT_TRUE(c.wait_for("logging\n"));
    EXPECT_TRUE(ask(c.pid()).has("\nremaining\t"));
}

LASTCALL_SCENARIO(starting) {
    lifecycle life(options());
    say("made");
    block_for_ever();
    return 0;
}

TEST(StatusSocket, IsThereBeforeTheServiceIsReady) {
    child c("starting");
    ASSERT_TRUE(c.wait_for("made\n"));
    EXPECT_TRUE(ask(c.pid()).has("\nstate\tstarting\n"));
}

LASTCALL_SCENARIO(serving) {
    lifecycle life(options());
    life.ready();
    say("ready");
    return life.run().exit_code();
}

LASTCALL_SCENARIO(switched_off) {
    lifecycle_options o = options();
    o.status_socket = false;
    lifecycle life(o);
    life.ready();
    say("ready");
    return life.run().exit_code();
}

TEST(StatusSocket, IsNotThereWhenItIsSwitchedOff) {
    child c("switched_off");
    ASSERT_TRUE(c.wait_for("ready\n"));
    EXPECT_EQ(ask(c.pid()).outcome, status_outcome::no_socket);
    c.signal(SIGTERM);
    EXPECT_EQ(c.wait(), 0) << c.output();
}

TEST(StatusSocket, OfAProcessThatIsGoneIsNotThere) {
    child c("serving");
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGTERM);
    ASSERT_EQ(c.wait(), 0);
    EXPECT_EQ(ask(c.pid()).outcome, status_outcome::no_socket);
}

TEST(StatusSocket, OfAStoppedProcessGivesNoAnswerInTime) {
    child c("serving");
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGSTOP);
    ::siginfo_t info{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(c.pid()), &info, WSTOPPED | WNOWAIT), 0);
    EXPECT_EQ(ask(c.pid(), 50ms).outcome, status_outcome::no_answer);
    c.signal(SIGCONT);
    EXPECT_EQ(ask(c.pid()).outcome, status_outcome::answered);
}

// ---- degraded ----

LASTCALL_SCENARIO(without_descriptors) {
    struct rlimit few {};
    ::getrlimit(RLIMIT_NOFILE, &few);
    few.rlim_cur = 40;
    ::setrlimit(RLIMIT_NOFILE, &few);
    lifecycle life(options());
    life.ready();
    while (::dup(0) >= 0) {
    }
    say("ready");
    return life.run().exit_code();
}

TEST(StatusSocket, AnswersWhenTheProcessHasRunOutOfDescriptors) {
    child c("without_descriptors");
    ASSERT_TRUE(c.wait_for("ready\n"));
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(ask(c.pid()).outcome, status_outcome::answered) << i;
    }
}

// ---- who may ask ----

status_outcome ask_as(uid_t uid, int pid) {
    const pid_t other = ::fork();
    if (other == 0) {
        const bool changed = ::setgid(uid) == 0 && ::setuid(uid) == 0;
        ::_exit(changed ? static_cast<int>(ask(pid).outcome) : 99);
    }
    int status = 0;
    ::waitpid(other, &status, 0);
    return static_cast<status_outcome>(WEXITSTATUS(status));
}

LASTCALL_SCENARIO(serving_as_another_user) {
    if (::setgid(65533) != 0 || ::setuid(65533) != 0) {
        return 77;
    }
    return scenario_serving();
}

TEST(StatusSocket, AnswersItsOwnUserAndRootOnly) {
    if (::getuid() != 0) {
        GTEST_SKIP() << "another user cannot be played here: not root";
    }
    child of_root("serving");
    child of_other("serving_as_another_user");
    ASSERT_TRUE(of_root.wait_for("ready\n"));
    ASSERT_TRUE(of_other.wait_for("ready\n"));
    EXPECT_EQ(ask_as(65533, of_root.pid()), status_outcome::not_admitted);
    EXPECT_EQ(ask_as(65532, of_other.pid()), status_outcome::not_admitted);
    EXPECT_EQ(ask_as(65533, of_other.pid()), status_outcome::answered);
    EXPECT_EQ(ask_as(0, of_other.pid()), status_outcome::answered);
    EXPECT_EQ(ask_as(0, of_root.pid()), status_outcome::answered);
}

// ---- clients that misbehave ----

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
    child c("serving");
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
    child c("serving");
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

TEST(StatusSocket, IsNotHeldUpByClientsThatNeverRead) {
    child c("serving");
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
    child c("serving");
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

LASTCALL_SCENARIO(crowded) {
    lifecycle life(options());
    std::vector<std::unique_ptr<gate>> gates;
    std::vector<pass> passes;
    for (int i = 0; i < 100; ++i) {
        gates.push_back(std::make_unique<gate>("gate" + std::to_string(i)));
        for (int k = 0; k < 60; ++k) {
            passes.push_back(gates.back()->try_enter("a label of some length"));
        }
    }
    life.ready();
    say("ready");
    return life.run().exit_code();
}

TEST(StatusSocket, SaysThatAnAnswerIsCut) {
    child c("crowded");
    ASSERT_TRUE(c.wait_for("ready\n"));
    const asked answer = ask(c.pid());
    EXPECT_TRUE(answer.has("\t60\topen\n")) << answer.text;
    EXPECT_TRUE(answer.has("\nmore\t20\n")) << "40 of a gate are named";
    EXPECT_TRUE(answer.text.ends_with("\ncut\nend\n"));
    EXPECT_LE(answer.text.size(), wire::largest_status);
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
    child c("serving");
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

// ---- whose socket it is ----

LASTCALL_SCENARIO(parent_of_a_copy) {
    lifecycle life(options());
    const pid_t copy = ::fork();
    if (copy == 0) {
        block_for_ever();
    }
    say("copy " + std::to_string(copy) + "\nready");
    life.ready();
    const int code = life.run().exit_code();
    ::kill(copy, SIGKILL);
    ::waitpid(copy, nullptr, 0);
    return code;
}

int number_after(const std::string& word, const std::string& text) {
    const auto at = text.find(word);
    return at == std::string::npos ? 0 : std::stoi(text.substr(at + word.size()));
}

TEST(StatusSocket, IsNotThatOfAForkedChild) {
    child c("parent_of_a_copy");
    ASSERT_TRUE(c.wait_for("ready\n"));
    const int copy = number_after("copy ", c.output());
    EXPECT_EQ(ask(c.pid()).outcome, status_outcome::answered);
    EXPECT_EQ(ask(copy).outcome, status_outcome::no_socket);
    const auto descriptors =
        std::filesystem::directory_iterator("/proc/" + std::to_string(copy) + "/fd");
    for (const auto& fd : descriptors) {
        const std::string target = std::filesystem::read_symlink(fd.path());
        EXPECT_NE(target.substr(0, 7), "socket:") << "the copy holds the parent's socket";
    }
    c.signal(SIGTERM);
    EXPECT_EQ(c.wait(), 0);
}

LASTCALL_SCENARIO(named_service) {
    lifecycle life(options(std::getenv("SERVICE_NAME")));
    life.ready();
    say("ready");
    return life.run().exit_code();
}

// Runs `named_service` as process 1 of a PID namespace.
LASTCALL_SCENARIO(named_service_as_pid_one) {
    if (::unshare(CLONE_NEWPID) != 0) {
        say("no namespace");
        return 77;
    }
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::setenv("LASTCALL_TEST_SCENARIO", "named_service", 1);
        ::execl("/proc/self/exe", "named", static_cast<char*>(nullptr));
        ::_exit(127);
    }
    say("pid " + std::to_string(pid));
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(StatusSocket, OfTwoProcessesNumberOneAreToldApart) {
    child a("named_service_as_pid_one", {"SERVICE_NAME=a", "ASAN_OPTIONS=detect_leaks=0"});
    const bool started = a.wait_for("ready\n");
    if (a.output().find("no namespace") != std::string::npos) {
        GTEST_SKIP() << "a PID namespace cannot be made here: not root";
    }
    child b("named_service_as_pid_one", {"SERVICE_NAME=b", "ASAN_OPTIONS=detect_leaks=0"});
    ASSERT_TRUE(started && b.wait_for("ready\n"));
    ASSERT_TRUE(a.wait_for("pid ") && b.wait_for("pid "));
    const int pid_a = number_after("pid ", a.output());
    const int pid_b = number_after("pid ", b.output());
    EXPECT_TRUE(ask(pid_a).has("\nservice\ta\n"));
    EXPECT_TRUE(ask(pid_b).has("\nservice\tb\n"));
    for (const auto& [pid, c] : {std::pair(pid_a, &a), std::pair(pid_b, &b)}) {
        ::kill(pid, SIGTERM);
        EXPECT_EQ(c->wait(), 0) << c->output();
    }
}

LASTCALL_SCENARIO(in_another_network) {
    if (::unshare(CLONE_NEWNET) != 0) {
        say("no namespace");
        return 77;
    }
    return scenario_serving();
}

TEST(StatusSocket, InAnotherNetworkNamespaceIsReachedByRoot) {
    child c("in_another_network");
    const bool started = c.wait_for("ready\n");
    if (c.output().find("no namespace") != std::string::npos) {
        GTEST_SKIP() << "a network namespace cannot be made here: not root";
    }
    ASSERT_TRUE(started);
    const auto home = std::filesystem::read_symlink("/proc/self/ns/net");
    EXPECT_EQ(ask(c.pid()).outcome, status_outcome::answered);
    EXPECT_EQ(std::filesystem::read_symlink("/proc/thread-self/ns/net"), home);
}

}  // namespace
}  // namespace lastcall

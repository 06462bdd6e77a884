#include "drill/subject/stop_watch.hpp"

#include <sys/socket.h>

#include <csignal>
#include <thread>

#include "support.hpp"
#include "sys/socket/listen_queue.hpp"
#include "sys/socket/port_state.hpp"

namespace lastcall::drill {
namespace {

using namespace std::chrono_literals;
using testing::ready_subject;
using testing::stop;

/// Listens, and on SIGTERM does what `at_stop` says; `s` is the socket, `port` its port.
std::vector<std::string> server(std::uint16_t port, const std::string& at_stop,
                                const std::string& more = "") {
    return {"/usr/bin/python3", "-c",
            "import os, signal, socket, subprocess, sys, time\nport = " + std::to_string(port) +
                "\ns = socket.socket()\ns.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
                "s.bind(('127.0.0.1', port))\ns.listen(16)\n" +
                more + "\ndef stop(*_):\n" + at_stop +
                "\nsignal.signal(signal.SIGTERM, stop)\nprint('ready', flush=True)\n"
                "while True: time.sleep(1)\n"};
}

watch_plan on_port(std::uint16_t port) {
    watch_plan plan;
    plan.server = sys::endpoint::loopback(port);
    return plan;
}

sequence_plan within(std::chrono::nanoseconds grace) {
    return testing::plan([&](sequence_plan& it) { it.grace = grace; });
}

std::string leftovers_of(const trial_record& trial, leftover::kind kind) {
    std::string all;
    for (const auto& one : trial.leftovers) {
        all += one.what == kind ? one.text + "\n" : "";
    }
    return all;
}

sys::unique_fd connect_to(std::uint16_t port) {
    const auto to = sys::endpoint::loopback(port);
    sys::unique_fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(socket.get(), to.address(), to.size()), 0);
    return socket;
}

TEST(StopWatch, MarksTheListenerClosedBeforeTheExitAndThePortFreeAfterIt) {
    const auto port = sys::free_port();
    ready_subject service(
        {.argv = server(port, "    s.close()\n    time.sleep(1)\n    sys.exit(0)")});
    const auto result = stop(within(5s), *service.who, {}, on_port(port));
    EXPECT_GT(result.between(mark::listener_closed, mark::exited), 0ms);
    EXPECT_GE(result.between(mark::exited, mark::bindable), 0ms);
    EXPECT_EQ(result.trial.leftovers.size(), 0U);
    EXPECT_GE(result.between(mark::signal_sent, mark::signal_taken), 0ms);
    EXPECT_GT(result.between(mark::signal_taken, mark::exited), 0ms);
}

// What happens while a round is under way is not dated back to the round's beginning.
TEST(StopWatch, NothingIsSeenBeforeItsCauseWhenARoundTakesLong) {
    const auto port = sys::free_port();
    auto plan = on_port(port);
    plan.load = [] {
        std::this_thread::sleep_for(30ms);
        return load_view{};
    };
    for (int time = 0; time < 3; ++time) {
        ready_subject service({.argv = server(port, "    time.sleep(0.1)\n    sys.exit(0)")});
        const auto result = stop(within(5s), *service.who, {}, plan);
        EXPECT_GE(result.between(mark::signal_sent, mark::signal_taken), 0ms);
        EXPECT_GE(result.between(mark::exited, mark::bindable), 0ms);
    }
}

TEST(StopWatch, DrawsTheLineInFrontOfTheServer) {
    const auto port = sys::free_port();
    ready_subject service({.argv = server(port, "    time.sleep(0.5)\n    sys.exit(0)")});
    const auto one = connect_to(port);
    const auto other = connect_to(port);
    // connect(2) may return before the server's end is in the line.
    const auto until = clock::now() + testing::ceiling;
    while (sys::listener_state(sys::endpoint::loopback(port)).waiting < 2 && clock::now() < until) {
        std::this_thread::yield();
    }
    auto plan = on_port(port);
    plan.load = [] { return load_view{.in_flight = 3, .connections = 2, .ready = 1}; };
    const auto result = stop(within(5s), *service.who, {}, plan);
    ASSERT_GT(result.trial.samples.size(), 10U);
    EXPECT_EQ(result.trial.samples.front().accept_queue, 2);
    EXPECT_EQ(result.trial.samples.back().accept_queue, -1);
    EXPECT_EQ(result.trial.samples.front().in_flight, 3);
    EXPECT_EQ(result.trial.samples.front().connections, 2);
    EXPECT_EQ(result.trial.samples.front().ready, 1);
}

TEST(StopWatch, NamesTheChildThatInheritedTheListener) {
    const auto port = sys::free_port();
    ready_subject service({.argv = server(port, "    os._exit(0)",
                                          "s.set_inheritable(True)\n"
                                          "subprocess.Popen(['sleep', '66'], close_fds=False)")});
    const auto result = stop(within(5s), *service.who, {}, on_port(port));
    EXPECT_NE(leftovers_of(result.trial, leftover::kind::process).find("sleep 66"),
              std::string::npos);
    const auto listeners = leftovers_of(result.trial, leftover::kind::listener);
    EXPECT_NE(listeners.find("127.0.0.1:" + std::to_string(port) + " LISTEN (pid "),
              std::string::npos)
        << listeners;
    EXPECT_NE(listeners.find("sleep 66"), std::string::npos) << listeners;
    EXPECT_EQ(result.trial.marks[mark::listener_closed], 0) << "it is still there";
    EXPECT_EQ(result.trial.marks[mark::bindable], 0);
}

TEST(StopWatch, ShowsConnectionsThatNobodyClosed) {
    const auto port = sys::free_port();
    ready_subject service(
        {.argv = server(port, "    os._exit(0)",
                        "print('ready', flush=True)\nc, _ = s.accept()\nc.set_inheritable(True)\n"
                        "subprocess.Popen(['sleep', '67'], close_fds=False)")});
    const auto client = connect_to(port);
    while (!service.who->wait(clock::now() + 5ms) && service.lines.size() < 2) {
    }
    const auto result = stop(within(5s), *service.who, {}, on_port(port));
    const auto connections = leftovers_of(result.trial, leftover::kind::connection);
    EXPECT_NE(connections.find("ESTABLISHED (pid "), std::string::npos) << connections;
}

TEST(StopWatch, FindsSocketsAndFilesThatShouldNotBeThere) {
    const auto port = sys::free_port();
    const testing::folder files;
    ready_subject service(
        {.argv = server(port, "    os._exit(0)",
                        "u = socket.socket(socket.AF_UNIX)\nu.bind('" + files.file("x.sock") +
                            "')\nu.listen()\np = open(os.environ['TMPDIR'] + '/web.pid', 'w')\n"
                            "p.write(str(os.getpid())); p.flush()\n"
                            "t = open(os.environ['TMPDIR'] + '/tmp4711', 'w')\n"
                            "log = open('" +
                            files.file("web.log") + "', 'w')"),
         .environment = {"TMPDIR=" + files.file("")}});
    const auto result = stop(within(5s), *service.who, {}, on_port(port));
    EXPECT_EQ(leftovers_of(result.trial, leftover::kind::unix_socket), files.file("x.sock") + "\n");
    const auto left = leftovers_of(result.trial, leftover::kind::file);
    EXPECT_NE(left.find("web.pid"), std::string::npos) << left;
    EXPECT_NE(left.find("tmp4711"), std::string::npos) << left;
    EXPECT_EQ(left.find("web.log"), std::string::npos) << "a log is to stay";
}

TEST(StopWatch, SaysThatAServerWithoutReuseWouldHaveToWait) {
    const auto port = sys::free_port();
    // The side that closes first keeps TIME_WAIT.
    ready_subject service(
        {.argv = server(port, "    c.close()\n    s.close()\n    sys.exit(0)",
                        "print('ready', flush=True)\nc, _ = s.accept()\nc.recv(1)")});
    const auto client = connect_to(port);
    EXPECT_EQ(sys::send_some(client.get(), "x").size, 1U);
    std::thread closing([&client, fd = client.get()] {
        char nothing = 0;
        EXPECT_EQ(::recv(fd, &nothing, 1, 0), 0);
        ::shutdown(fd, SHUT_RDWR);
    });
    while (!service.who->wait(clock::now() + 5ms) && service.lines.size() < 2) {
    }
    const auto result = stop(within(5s), *service.who, {}, on_port(port));
    closing.join();
    EXPECT_NE(result.trial.marks[mark::bindable], 0);
    EXPECT_TRUE(result.has_note("TIME_WAIT")) << testing::notes_of(result.trial);
}

TEST(StopWatch, DoesNotCallASignalTakenThatIsPending) {
    // Blocked in every thread, and never collected.
    ready_subject service({.argv = {"/usr/bin/python3", "-c",
                                    "import signal, time\n"
                                    "signal.pthread_sigmask(signal.SIG_BLOCK, {15})\n"
                                    "print('ready', flush=True)\ntime.sleep(60)"}});
    const auto result = stop(within(300ms), *service.who);
    EXPECT_EQ(result.trial.marks[mark::signal_taken], 0);
    EXPECT_TRUE(result.trial.exit.killed_by_us);
    ASSERT_FALSE(result.trial.explanations.empty());
    EXPECT_EQ(result.trial.explanations.back().cause, "blocked");
    EXPECT_FALSE(result.trial.explanations.back().fix.empty());
}

}  // namespace
}  // namespace lastcall::drill

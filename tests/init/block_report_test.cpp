#include "init/block_report.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

#include "init/child.hpp"
#include "sys/clock.hpp"
#include "sys/process/process_facts.hpp"

using namespace lastcall;
using lastcall::core::stop_cause_kind;
using lastcall::init_test::child;
using lastcall::init_test::fork_below;
using lastcall::init_test::state_of;
using lastcall::init_test::wait_until;

namespace {

void append(void* context, std::string_view line) noexcept {
    static_cast<std::string*>(context)->append(line);
}

struct written {
    std::string text;
    init::block_report_result result;
    std::vector<init::blocked_process> list;

    [[nodiscard]] bool has(const std::string& part) const {
        return text.find(part) != std::string::npos;
    }
    [[nodiscard]] stop_cause_kind cause_of(int pid) const {
        for (const auto& one : list) {
            if (one.pid == pid) {
                return one.cause.kind;
            }
        }
        return stop_cause_kind::unknown;
    }
};

written report_of(init::block_report_request request,
                  std::chrono::nanoseconds time = std::chrono::seconds(20)) {
    written all;
    all.list = std::vector<init::blocked_process>(64);
    request.deadline = sys::monotonic_now() + time;
    all.result = init::write_block_report(request, {append, &all.text}, all.list);
    EXPECT_EQ(all.text.empty() ? '\n' : all.text.back(), '\n');
    // Every line carries the name of who speaks.
    for (std::size_t at = 0; at < all.text.size(); at = all.text.find('\n', at) + 1) {
        EXPECT_EQ(all.text.substr(at, 15), "lastcall-init: ");
    }
    return all;
}

/// What is below this test process, all of it signalled.
written report_of_tree() { return report_of({.root = ::getpid(), .who = init::signalled::tree}); }

struct stubborn {
    const char* name;
    std::function<void(const child::ready_function&)> body;
    std::function<void(int)> afterwards;
    stop_cause_kind expected;
    const char* says;
};

void nothing(int) {}

TEST(BlockReport, FindsTheCauseOfEachStubbornProcess) {
    const std::vector<stubborn> all = {
        {"ignores",
         [](const auto& ready) {
             ::signal(SIGTERM, SIG_IGN);
             ready("");
         },
         nothing, stop_cause_kind::ignored, "SIGTERM ignored"},
        {"blocks",
         [](const auto& ready) {
             sigset_t set;
             ::sigemptyset(&set);
             ::sigaddset(&set, SIGTERM);
             ::sigprocmask(SIG_BLOCK, &set, nullptr);
             ready("");
         },
         [](int pid) { ::kill(pid, SIGTERM); }, stop_cause_kind::blocked, ", blocked, pending"},
        {"stopped", [](const auto& ready) { ready(""); },
         [](int pid) {
             ::kill(pid, SIGSTOP);
             wait_until([&] { return state_of(pid) == 'T'; });
         },
         stop_cause_kind::stopped, "kill -CONT"},
        {"dead", [](const auto&) { ::_exit(0); },
         [](int pid) { wait_until([&] { return state_of(pid) == 'Z'; }); }, stop_cause_kind::zombie,
         "dead, not reaped"},
        {"handler",
         [](const auto& ready) {
             ::signal(SIGTERM, [](int) {});
             ready("");
         },
         [](int pid) { wait_until([&] { return state_of(pid) == 'S'; }); },
         stop_cause_kind::slow_handler, "SIGTERM caught"},
        {"strange name",
         [](const auto& ready) {
             ::prctl(PR_SET_NAME, "a) R (b");
             ::signal(SIGTERM, SIG_IGN);
             ready("");
         },
         nothing, stop_cause_kind::ignored, "SIGTERM ignored"},
    };
    for (const stubborn& one : all) {
        SCOPED_TRACE(one.name);
        child process(one.body);
        one.afterwards(process.pid());
        const auto report = report_of_tree();
        EXPECT_EQ(report.result.processes, 1U);
        EXPECT_TRUE(report.result.is_complete);
        EXPECT_EQ(core::to_string(report.cause_of(process.pid())), core::to_string(one.expected))
            << report.text;
        EXPECT_TRUE(report.has(one.says)) << report.text;
        EXPECT_TRUE(report.has("1 process has not stopped")) << report.text;
        EXPECT_TRUE(report.has("cause: ")) << report.text;
    }
}

TEST(BlockReport, NamesTheShellInFrontAndTheProgramBehindIt) {
    child shell = child::program({"bash", "-c", "trap 'exit 0' TERM; sleep 1002; true"});
    std::vector<sys::process_entry> table(8);
    ASSERT_TRUE(wait_until([&] {
        sys::process_facts facts;
        return sys::find_descendants(shell.pid(), table).count == 1 &&
               sys::read_process_facts(table[0].pid, facts) &&
               facts.command.view() == "sleep 1002" &&
               sys::read_process_facts(shell.pid(), facts) && facts.system_call_name == "wait4";
    }));
    const int below = table[0].pid;
    ::kill(shell.pid(), SIGTERM);
    const auto report = report_of({.root = ::getpid(), .main_pid = shell.pid()});
    EXPECT_EQ(report.cause_of(shell.pid()), stop_cause_kind::shell_in_front) << report.text;
    EXPECT_TRUE(report.has("likely cause: [L15] a shell waits for `sleep 1002`")) << report.text;
    EXPECT_EQ(report.list.at(0).why.view().substr(0, 6), "[L15] ");
    EXPECT_EQ(report.cause_of(below), stop_cause_kind::not_signalled) << report.text;
    EXPECT_TRUE(report.has("(main): bash -c")) << report.text;
    EXPECT_TRUE(report.has("write `exec sleep 1002`")) << report.text;
    EXPECT_TRUE(report.has("lastcall-init:     pid " + std::to_string(below))) << report.text;
    ::kill(below, SIGKILL);
}

TEST(BlockReport, SeesThatADaemonLeftTheGroup) {
    child main([](const auto& ready) {
        ::setpgid(0, 0);
        ::signal(SIGTERM, SIG_IGN);
        fork_below([&] {
            ::setsid();
            ready(std::to_string(::getpid()));
        });
    });
    const int below = std::stoi(main.said());
    const auto report =
        report_of({.root = ::getpid(), .main_pid = main.pid(), .who = init::signalled::group});
    EXPECT_EQ(report.cause_of(main.pid()), stop_cause_kind::ignored) << report.text;
    EXPECT_EQ(report.cause_of(below), stop_cause_kind::left_session) << report.text;
    ::kill(below, SIGKILL);
}

TEST(BlockReport, CountsTheClientsThatItDoesNotName) {
    constexpr int clients = 20;
    child server([](const auto& ready) {
        ::signal(SIGTERM, [](int) {});
        sockaddr_in address{};
        socklen_t size = sizeof address;
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
        ::bind(listener, reinterpret_cast<sockaddr*>(&address), size);
        ::listen(listener, 64);
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
        const int theirs = fork_below([&] {
            for (int i = 0; i < clients; ++i) {
                const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
                ::connect(fd, reinterpret_cast<sockaddr*>(&address), size);
            }
        });
        for (int i = 0; i < clients; ++i) {
            ::accept(listener, nullptr, nullptr);
        }
        ready(std::to_string(theirs) + " " + std::to_string(ntohs(address.sin_port)));
    });
    const int theirs = std::stoi(server.said());
    const std::string port = server.said().substr(server.said().find(' ') + 1);
    const auto report = report_of_tree();
    EXPECT_TRUE(report.has("listens on 127.0.0.1:" + port + "\n")) << report.text;
    EXPECT_TRUE(report.has("on 127.0.0.1:" + port)) << report.text;
    EXPECT_TRUE(report.has("client 127.0.0.1:")) << report.text;
    EXPECT_TRUE(report.has("… and 14 more sockets connected")) << report.text;
    EXPECT_TRUE(report.has("20 clients are still connected")) << report.text;
    EXPECT_EQ(report.cause_of(server.pid()), stop_cause_kind::clients_remain);
    ::kill(theirs, SIGKILL);
}

TEST(BlockReport, PassesOnWhatTheProcessSaysItself) {
    child process([](const auto& ready) {
        ::signal(SIGTERM, SIG_IGN);
        ready("");
    });
    init::block_report_request request{.root = ::getpid(), .who = init::signalled::tree};
    int asked = 0;
    request.status.context = &asked;
    request.status.ask = [](void* context, int pid, std::chrono::nanoseconds until,
                            core::text_sink& answer) noexcept {
        *static_cast<int*>(context) = pid;
        answer << "3 passes of gate http\nlongest 12s\x1b[2J";
        return until > sys::monotonic_now();
    };
    const auto report = report_of(request);
    EXPECT_EQ(asked, process.pid());
    EXPECT_TRUE(report.has("says: 3 passes of gate http\n")) << report.text;
    EXPECT_TRUE(report.has("says: longest 12s\\x1b[2J\n")) << report.text;

    request.status.ask = [](void*, int, std::chrono::nanoseconds,
                            core::text_sink& answer) noexcept {
        answer << "half";
        return false;
    };
    EXPECT_FALSE(report_of(request).has("half"));
}

TEST(BlockReport, SaysWhatItLeftOut) {
    child top([](const auto& ready) {
        std::string pids;
        for (int i = 0; i < 9; ++i) {
            pids += std::to_string(fork_below([] {})) + " ";
        }
        ready(pids);
    });
    init::block_report_request request{.root = ::getpid(), .who = init::signalled::tree};
    request.processes_at_most = 4;
    auto report = report_of(request);
    EXPECT_EQ(report.result.processes, 10U);
    EXPECT_EQ(report.result.described, 4U);
    EXPECT_FALSE(report.result.is_complete);
    EXPECT_TRUE(report.has("10 processes have not stopped")) << report.text;
    EXPECT_TRUE(report.has("… and 6 more processes\n")) << report.text;

    report = report_of(request, std::chrono::nanoseconds(0));
    EXPECT_EQ(report.result.described, 0U);
    EXPECT_FALSE(report.result.is_complete);
    EXPECT_EQ(report.text, "lastcall-init: what is left was not looked at: out of time\n");
    static_cast<void>(::kill(top.pid(), SIGSTOP));
    std::size_t at = 0;
    for (const std::string& pids = top.said(); at < pids.size(); at = pids.find(' ', at) + 1) {
        ::kill(std::stoi(pids.substr(at)), SIGKILL);
    }
}

TEST(BlockReport, OfAnEmptyTreeSaysSo) {
    const auto report = report_of_tree();
    EXPECT_EQ(report.result.processes, 0U);
    EXPECT_EQ(report.text, "lastcall-init: no process is left\n");
}

TEST(BlockReport, NeedsNoWriter) {
    child process([](const auto& ready) { ready(""); });
    init::block_report_request request{.root = ::getpid()};
    request.deadline = sys::monotonic_now() + std::chrono::seconds(20);
    EXPECT_EQ(init::write_block_report(request, {}).processes, 1U);
}

}  // namespace

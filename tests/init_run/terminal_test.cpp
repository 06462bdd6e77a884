// Job control on a real terminal: with bash in front, and without a shell.
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

#include "init_run/keeper_process.hpp"

namespace lastcall::init_run {
namespace {

using std::chrono::steady_clock;

/// A terminal with a program that leads its session.
class terminal_session {
public:
    explicit terminal_session(std::vector<std::string> command, place where = place::subreaper) {
        int slave = -1;
        if (::openpty(&master_, &slave, nullptr, nullptr, nullptr) != 0) {
            throw std::runtime_error("openpty");
        }
        ::fcntl(master_, F_SETFD, FD_CLOEXEC);
        const bool is_first = where == place::first_process;
        const unsigned long flags = is_first ? CLONE_NEWPID | CLONE_NEWNS : 0;
        pid_ =
            static_cast<pid_t>(::syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, 0));
        if (pid_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (is_first && (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
                             ::mount("proc", "/proc", "proc", 0, nullptr) != 0)) {
                ::_exit(96);
            }
            ::login_tty(slave);
            ::setenv("PS1", "prompt> ", 1);
            ::setenv("K", keeper_path().c_str(), 1);
            std::vector<char*> argv;
            for (std::string& word : command) {
                argv.push_back(word.data());
            }
            argv.push_back(nullptr);
            ::execv(argv[0], argv.data());
            ::_exit(97);
        }
        ::close(slave);
    }
    terminal_session(const terminal_session&) = delete;
    terminal_session& operator=(const terminal_session&) = delete;
    ~terminal_session() {
        ::close(master_);  // hangs the session up
        if (!ended_) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
    }

    void type(const std::string& text) {
        ASSERT_EQ(::write(master_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }

    /// Waits for `text` behind what was waited for before.
    bool shows(const std::string& text) {
        const auto until = steady_clock::now() + ceiling;
        for (;;) {
            const auto at = all_.find(text, seen_);
            if (at != std::string::npos) {
                seen_ = at + text.size();
                return true;
            }
            pollfd p{master_, POLLIN, 0};
            char buffer[4096];
            const ssize_t n = ::poll(&p, 1, 50) > 0 ? ::read(master_, buffer, sizeof buffer) : 0;
            if (n > 0) {
                all_.append(buffer, static_cast<std::size_t>(n));
            } else if (n < 0 || steady_clock::now() > until) {
                return false;
            }
        }
    }
    [[nodiscard]] const std::string& all() const { return all_; }

    int wait() {
        int status = 0;
        const bool is_over = wait_until([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; });
        ended_ = is_over;
        return !is_over ? -1000 : WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

private:
    int master_ = -1;
    pid_t pid_ = -1;
    bool ended_ = false;
    std::string all_;
    std::size_t seen_ = 0;
};

// What is typed is shown too: $((40+2)) tells the output from its echo.
const std::string reads_a_line =
    "'trap \"echo told; exit 0\" TERM; echo up$((40+2)); read x; echo got:$x; exit 3'";

std::vector<std::string> bash() { return {"/bin/bash", "--norc", "--noprofile", "-i"}; }

#define SHOWS(session, text) ASSERT_TRUE((session).shows(text)) << (session).all()

class KeeperTerminal : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Real, KeeperTerminal, ::testing::Values("main", "group"),
                         [](const auto& one) { return std::string(one.param); });

TEST_P(KeeperTerminal, CtrlZStopsAndFgGoesOnAndTheProgramReads) {
    terminal_session t(bash());
    SHOWS(t, "prompt> ");
    t.type(std::string("$K --mode ") + GetParam() + " -- /bin/sh -c " + reads_a_line + "\n");
    SHOWS(t, "up42");
    t.type("\x1a");
    SHOWS(t, "Stopped");
    SHOWS(t, "prompt> ");
    t.type("echo shell$((40+2))\n");
    SHOWS(t, "shell42");
    t.type("fg\n");
    SHOWS(t, "--mode");  // bash says what goes on
    t.type("hello\n");
    SHOWS(t, "got:hello");
    SHOWS(t, "\"status\":3");
    SHOWS(t, "prompt> ");
    t.type("echo status=$?.\n");
    SHOWS(t, "status=3.");
}

TEST_P(KeeperTerminal, InTheBackgroundItLeavesTheTerminalToTheShell) {
    terminal_session t(bash());
    SHOWS(t, "prompt> ");
    t.type(std::string("$K --mode ") + GetParam() + " -- /bin/sh -c " + reads_a_line + "\n");
    SHOWS(t, "up42");
    t.type("\x1a");
    SHOWS(t, "Stopped");
    SHOWS(t, "prompt> ");
    t.type("bg\n");
    SHOWS(t, "prompt> ");
    ::usleep(200'000);
    t.type("echo shell$((40+2))\n");
    SHOWS(t, "shell42");
    t.type("fg\n");
    SHOWS(t, "--mode");
    t.type("hello\n");
    SHOWS(t, "got:hello");
}

TEST_P(KeeperTerminal, StartedInTheBackgroundItCanComeForward) {
    terminal_session t(bash());
    SHOWS(t, "prompt> ");
    t.type(std::string("$K --mode ") + GetParam() + " -- /bin/sh -c " + reads_a_line + " &\n");
    SHOWS(t, "up42");
    // It wants to read, which stops it; the shell says so at its next prompt.
    for (int prompts = 0; prompts < 400 && !has(t.all(), "Stopped"); ++prompts) {
        ::usleep(20'000);
        t.type("\n");
        SHOWS(t, "prompt> ");
    }
    t.type("fg\n");
    SHOWS(t, "--mode");
    t.type("hello\n");
    SHOWS(t, "got:hello");
    SHOWS(t, "\"status\":3");
}

TEST_P(KeeperTerminal, AProgramThatDoesNotStopAtCtrlZKeepsTheTerminal) {
    terminal_session t(bash());
    SHOWS(t, "prompt> ");
    t.type(std::string("$K --mode ") + GetParam() +
           " -- /bin/sh -c 'trap \"\" TSTP; echo up$((40+2)); read x; echo got:$x'\n");
    SHOWS(t, "up42");
    t.type("\x1a");
    ::usleep(200'000);
    t.type("hello\n");
    SHOWS(t, "got:hello");
    EXPECT_FALSE(has(t.all(), "Stopped")) << t.all();
}

// As editors do: they restore the screen, and then stop their whole group.
TEST_P(KeeperTerminal, AProgramThatStopsItsOwnGroupStopsTheJob) {
    terminal_session t(bash());
    SHOWS(t, "prompt> ");
    t.type(std::string("$K --mode ") + GetParam() +
           " -- /bin/sh -c 'echo up$((40+2)); kill -TSTP 0; read x; echo got:$x'\n");
    SHOWS(t, "up42");
    SHOWS(t, "Stopped");
    t.type("fg\n");
    SHOWS(t, "--mode");
    t.type("hello\n");
    SHOWS(t, "got:hello");
}

TEST(KeeperTerminalKeys, CtrlCEndsBothAndNamesTheTerminal) {
    terminal_session t(bash());
    SHOWS(t, "prompt> ");
    t.type("$K -v -- /bin/sh -c 'echo up$((40+2)); exec sleep 30'\n");
    SHOWS(t, "up42");
    t.type("\x03");
    SHOWS(t, "SIGINT from the terminal: stopping within 10s");
    SHOWS(t, R"("signal":"SIGINT","pid":0,)");
    SHOWS(t, R"("from":"terminal")");
    SHOWS(t, "\"exit\":130");
    SHOWS(t, "prompt> ");
}

TEST(KeeperTerminalKeys, CtrlCComesOnceToTheProgram) {
    terminal_session t(bash());
    SHOWS(t, "prompt> ");
    t.type(
        "$K -- /bin/bash -c 'n=0; trap \"n=\\$((n+1))\" INT; echo up$((40+2)); "
        "until [ $n -gt 0 ]; do read -t 0.1; done; read -t 0.3; echo ints:$n'\n");
    SHOWS(t, "up42");
    t.type("\x03");
    SHOWS(t, "ints:1");
}

TEST(KeeperTerminalKeys, WithoutAShellCtrlCEndsBothToo) {
    for (const place where : {place::first_process, place::subreaper}) {
        SKIP_WITHOUT_NAMESPACES(where);
        terminal_session t(
            {keeper_path(), "--", "/bin/sh", "-c", "echo up$((40+2)); exec sleep 30"}, where);
        SHOWS(t, "up42");
        t.type("\x03");
        SHOWS(t, "\"exit\":130");
        EXPECT_EQ(t.wait(), 130) << t.all();
    }
}

// Nobody could continue it.
TEST(KeeperTerminalKeys, WithoutAShellCtrlZStopsNothing) {
    for (const place where : {place::first_process, place::subreaper}) {
        SKIP_WITHOUT_NAMESPACES(where);
        terminal_session t(
            {keeper_path(), "--", "/bin/sh", "-c", "echo up$((40+2)); read x; echo got:$x; exit 3"},
            where);
        SHOWS(t, "up42");
        t.type("\x1a");
        ::usleep(200'000);
        t.type("hello\n");
        SHOWS(t, "got:hello");
        EXPECT_EQ(t.wait(), 3) << t.all();
    }
}

// A shell as the main program, as in `docker run -it`: its own job control works.
TEST(KeeperTerminalKeys, AShellBelowHasItsOwnJobControl) {
    for (const place where : {place::first_process, place::subreaper}) {
        SKIP_WITHOUT_NAMESPACES(where);
        terminal_session t({keeper_path(), "--", "/bin/bash", "--norc", "--noprofile", "-i"},
                           where);
        SHOWS(t, "prompt> ");
        EXPECT_FALSE(has(t.all(), "no job control")) << t.all();
        t.type("sleep 30\n");
        ::usleep(200'000);
        t.type("\x1a");
        SHOWS(t, "Stopped");
        t.type("kill %1; exit 4\n");
        t.type("exit 4\n");
        EXPECT_EQ(t.wait(), 4) << t.all();
    }
}

}  // namespace
}  // namespace lastcall::init_run

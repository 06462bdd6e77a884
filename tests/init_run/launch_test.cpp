// Starting the main program, and starting in bad surroundings.
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>

#include "init_run/keeper_process.hpp"

namespace lastcall::init_run {
namespace {

using namespace std::chrono_literals;
using testing::say;

class KeeperLaunch : public ::testing::TestWithParam<place> {
protected:
    void SetUp() override { SKIP_WITHOUT_NAMESPACES(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Real, KeeperLaunch,
                         ::testing::Values(place::first_process, place::subreaper), name_of);

TEST_P(KeeperLaunch, SaysThatThereIsNoSuchProgram) {
    keeper_process k({GetParam(), {}, {"/nonexistent/program"}});
    EXPECT_EQ(k.wait(), 127);
    EXPECT_TRUE(has(k.messages(), "cannot run /nonexistent/program: ")) << k.err();
    EXPECT_EQ(number_in(k.last_line(), "exit"), 127) << k.err();
    EXPECT_TRUE(has(k.last_line(), R"("ended":false)")) << k.err();
}

TEST_P(KeeperLaunch, SaysThatItMayNotBeRun) {
    keeper_process k({GetParam(), {}, {"/etc/passwd"}});
    EXPECT_EQ(k.wait(), 126);
    EXPECT_TRUE(has(k.messages(), "is it executable")) << k.err();
}

TEST_P(KeeperLaunch, RefusesAnOptionThatItDoesNotKnow) {
    keeper_process k({GetParam(), {"--no-such-option"}, {"/bin/true"}});
    EXPECT_EQ(k.wait(), 2);
    EXPECT_TRUE(has(k.err(), "--no-such-option")) << k.err();
    EXPECT_TRUE(k.out().empty());
}

TEST_P(KeeperLaunch, TakesTenThousandArguments) {
    std::vector<std::string> command = shell("echo $#; echo ${10000}");
    command.emplace_back("sh");
    for (int i = 1; i <= 10'000; ++i) {
        command.push_back("argument" + std::to_string(i));
    }
    keeper_process k({GetParam(), {}, command});
    EXPECT_EQ(k.wait(), 0) << k.err();
    EXPECT_EQ(k.out(), "10000\nargument10000\n");
    EXPECT_LT(k.last_line().size(), 4096U);
}

TEST_P(KeeperLaunch, TakesAMegabyteOfEnvironment) {
    keeper_request what{GetParam(), {}, shell("env | wc -c")};
    for (int i = 0; i < 1024; ++i) {
        what.environment.push_back("BIG" + std::to_string(i) + "=" + std::string(1024, 'x'));
    }
    keeper_process k(what);
    EXPECT_EQ(k.wait(), 0) << k.err();
    EXPECT_GT(std::stol(k.out()), 1024 * 1024);
}

TEST_P(KeeperLaunch, SaysThatAnEnvironmentIsTooLarge) {
    // What the keeper adds to it is more than the kernel takes.
    keeper_request what{GetParam(), {}, {"/bin/true"}};
    what.prepare = [] {
        // Room for a quarter of it: arguments and environment.
        const rlim_t stack = 512 * 1024;
        const ::rlimit limit{stack, stack};
        ::setrlimit(RLIMIT_STACK, &limit);
    };
    for (int i = 0; i < 100; ++i) {
        what.environment.push_back("BIG" + std::to_string(i) + "=" + std::string(1024, 'x'));
    }
    keeper_process k(what);
    const int status = k.wait();
    EXPECT_TRUE(status == 0 || status == 126) << status << k.err();
}

TEST_P(KeeperLaunch, GivesItsProgramTheDescriptorsAsTheyWere) {
    const private_folder folder;
    const std::string file = folder / "open";
    keeper_request what{GetParam(),
                        {},
                        shell("x=; for n in 0 1 2 3 4 5 6 7 8 9; do "
                              "[ -e /proc/$$/fd/$n ] && x=\"$x $n\"; done; "
                              "echo open:$x > " +
                              file)};
    what.closes_all = true;
    what.prepare = [] { ::close_range(3, 9, 0); };
    keeper_process k(what);
    EXPECT_EQ(k.wait(), 0);
    EXPECT_EQ(read_file(file), "open:\n");
}

TEST_P(KeeperLaunch, WorksWithAllStandardDescriptorsClosed) {
    const private_folder folder;
    keeper_request what{GetParam(), {"-vv", "--report", folder / "report"}, {"/bin/sleep", "30"}};
    what.closes_all = true;
    keeper_process k(what);
    ASSERT_TRUE(wait_until([&] {
        return !read_file("/proc/" + std::to_string(k.pid()) + "/task/" + std::to_string(k.pid()) +
                          "/children")
                    .empty();
    }));
    // None of its own descriptors may be where its messages go.
    const auto standard =
        std::filesystem::read_symlink("/proc/" + std::to_string(k.pid()) + "/fd/2");
    EXPECT_EQ(standard, "/");
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 143);
    EXPECT_EQ(number_in(read_file(folder / "report"), "exit"), 143);
}

TEST_P(KeeperLaunch, NeverWaitsForAReaderOfItsMessages) {
    const private_folder folder;
    keeper_request what{
        GetParam(),
        {"-vv", "--grace", "600ms", "--reserve", "200ms", "--report", folder / "report"},
        shell("trap '' TERM; echo ready; while :; do sleep 1; done")};
    what.error = stream::unread;
    keeper_process k(what);
    ASSERT_TRUE(k.wait_for("ready"));
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 137);
    EXPECT_LT(k.took(), 5s);
    EXPECT_EQ(number_in(read_file(folder / "report"), "exit"), 137);
}

TEST_P(KeeperLaunch, NamesAProgramWhoseFileWasDeleted) {
    const private_folder folder;
    const std::string program = folder / "service";
    std::filesystem::copy_file("/bin/sleep", program);
    keeper_process k({GetParam(),
                      {"--grace", "700ms", "--reserve", "300ms"},
                      shell("trap '' TERM; echo ready; exec " + program + " 30")});
    ASSERT_TRUE(k.wait_for("ready"));
    ASSERT_TRUE(wait_until([&] {
        return has(read_file("/proc/" + std::to_string(k.pid()) + "/task/" +
                             std::to_string(k.pid()) + "/children"),
                   " ");
    }));
    ::usleep(100'000);
    std::filesystem::remove(program);
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 137);
    EXPECT_TRUE(has(k.messages(), "its program file was deleted or replaced")) << k.err();
}

/// A filter that answers `numbers` with `error`.
void refuse(std::initializer_list<long> numbers, unsigned error) {
    std::vector<sock_filter> filter;
    filter.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0));
    for (const long number : numbers) {
        filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(number), 0, 1));
        filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error));
    }
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        ::_exit(95);
    }
}

void stops_as_usual(const keeper_request& what) {
    keeper_process k(what);
    ASSERT_TRUE(k.wait_for("ready")) << k.err();
    ASSERT_TRUE(k.wait_for("daemon")) << k.err();
    k.signal(SIGUSR1);
    ASSERT_TRUE(k.wait_for("usr1")) << k.out() << k.err();
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 3) << k.err();
    EXPECT_TRUE(has(k.out(), "told")) << k.out();
    EXPECT_TRUE(has(k.last_line(), R"("killed":[])")) << k.err();
}

const std::string service_with_daemon =
    "setsid sh -c 'trap \"echo clean; exit 0\" TERM; echo daemon; while :; do sleep 0.02; done' & "
    "trap 'echo told; exit 3' TERM; trap 'echo usr1' USR1; echo ready; "
    "while :; do sleep 0.02; done";

TEST_P(KeeperLaunch, WorksUnderDockersSeccompFilter) {
    keeper_request what{GetParam(), {}, shell(service_with_daemon)};
    what.prepare = [] { refuse({SYS_clone3, SYS_pidfd_getfd}, ENOSYS); };
    stops_as_usual(what);
}

TEST_P(KeeperLaunch, WorksWithoutPidfds) {
    keeper_request what{GetParam(), {}, shell(service_with_daemon)};
    what.prepare = [] {
        refuse({SYS_clone3, SYS_pidfd_getfd, SYS_pidfd_open, SYS_pidfd_send_signal}, EPERM);
    };
    stops_as_usual(what);
}

TEST_P(KeeperLaunch, KillsWithoutPidfds) {
    keeper_request what{GetParam(),
                        {"--grace", "600ms", "--reserve", "200ms"},
                        shell("trap '' TERM; (trap '' TERM; sleep 30) & echo ready; "
                              "while :; do sleep 1; done")};
    what.prepare = [] { refuse({SYS_pidfd_open, SYS_pidfd_send_signal}, ENOSYS); };
    keeper_process k(what);
    ASSERT_TRUE(k.wait_for("ready")) << k.err();
    k.signal(SIGTERM);
    EXPECT_EQ(k.wait(), 137) << k.err();
    EXPECT_EQ(number_in(k.last_line(), "left"), 0) << k.err();
    EXPECT_TRUE(nothing_is_left());
}

TEST_P(KeeperLaunch, WritesItsReport) {
    const private_folder folder;
    keeper_process k({GetParam(), {"--report", folder / "report"}, shell("exit 6")});
    EXPECT_EQ(k.wait(), 6);
    EXPECT_EQ(read_file(folder / "report"), k.last_line());
}

TEST_P(KeeperLaunch, SaysThatTheReportCannotBeWritten) {
    keeper_process k({GetParam(), {"--report", "/nonexistent/report"}, shell("exit 6")});
    EXPECT_EQ(k.wait(), 6) << "the status is the program's";
    EXPECT_TRUE(has(k.err(), "cannot write the report /nonexistent/report: ")) << k.err();
}

TEST_P(KeeperLaunch, WritesItsReportIntoADeviceOrAPipeWithoutReplacingIt) {
    const private_folder folder;
    const std::string pipe = folder / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    keeper_process k({GetParam(), {"--report", pipe}, shell("exit 6")});
    EXPECT_EQ(k.wait(), 6);
    char text[8192];
    const ssize_t n = ::read(reader, text, sizeof text);
    ::close(reader);
    ASSERT_GT(n, 0);
    EXPECT_EQ(std::string(text, static_cast<std::size_t>(n)), k.last_line());
    EXPECT_TRUE(std::filesystem::is_fifo(pipe));

    keeper_process without_reader({GetParam(), {"--report", pipe}, shell("exit 6")});
    EXPECT_EQ(without_reader.wait(), 6) << "and does not wait for one";
}

// As Kubernetes mounts /dev/termination-log.
TEST(KeeperReport, GoesIntoAFileThatIsAMountPoint) {
    SKIP_WITHOUT_NAMESPACES(place::first_process);
    const private_folder folder;
    const std::string file = folder / "log";
    const std::string source = folder / "source";
    ASSERT_TRUE(write_file(file, "") && write_file(source, std::string(100'000, 'x')));
    keeper_request what{place::first_process, {"--report", file}, shell("exit 6")};
    what.prepare = [&] { ::mount(source.c_str(), file.c_str(), nullptr, MS_BIND, nullptr); };
    keeper_process k(what);
    EXPECT_EQ(k.wait(), 6);
    EXPECT_EQ(read_file(source), k.last_line()) << k.err();
}

}  // namespace
}  // namespace lastcall::init_run

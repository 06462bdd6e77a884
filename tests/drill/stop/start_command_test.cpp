#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <fstream>
#include <thread>

#include "support.hpp"
#include "sys/process/control_group.hpp"
#include "sys/process/process_set.hpp"

namespace lastcall::drill {
namespace {

using namespace std::chrono_literals;
using testing::ready_subject;

std::string why_not(const command_plan& plan) {
    try {
        static_cast<void>(start_command(plan, {}));
    } catch (const std::runtime_error& problem) {
        return problem.what();
    }
    return "it was started";
}

bool says(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

bool has_command(const std::vector<int>& pids, const std::string& command) {
    return std::any_of(pids.begin(), pids.end(),
                       [&](int pid) { return sys::command_of(pid) == command; });
}

template <typename Condition>
bool becomes_true(const Condition& condition) {
    const auto until = clock::now() + testing::ceiling;
    while (!condition()) {
        if (clock::now() > until) {
            return false;
        }
        std::this_thread::sleep_for(2ms);
    }
    return true;
}

TEST(StartCommand, SaysWhatIsWrongWithAProgramThatCanNotBeRun) {
    const testing::folder files;
    std::ofstream(files.file("data")) << "text";
    EXPECT_TRUE(says(why_not({.argv = {}}), "no command"));
    EXPECT_TRUE(says(why_not({.argv = {"no-such-program"}}), "no such program in PATH ("));
    EXPECT_TRUE(says(why_not({.argv = {files.file("none")}}), "No such file"));
    EXPECT_TRUE(says(why_not({.argv = {files.file("data")}}), "chmod +x"));
    EXPECT_TRUE(says(why_not({.argv = {files.file("")}}), "it is no file"));
    EXPECT_TRUE(
        says(why_not({.argv = {files.script("script", "#!/no/such/shell\n")}}), "/no/such/shell"));
    EXPECT_TRUE(says(why_not({.argv = {files.script("noise", "neither\n")}}), "#!"));
}

TEST(StartCommand, ReadsBothOutputsLineByLineToTheEnd) {
    std::vector<std::string> lines;
    const auto who = start_command({.argv = {"sh", "-c", "echo out; echo err >&2; printf last"}},
                                   [&](std::string_view line) { lines.emplace_back(line); });
    ASSERT_TRUE(who->wait(clock::now() + testing::ceiling));
    EXPECT_EQ(lines, (std::vector<std::string>{"out", "err", "last"}));
    EXPECT_EQ(who->last_lines(), lines);
}

TEST(StartCommand, NeverLetsTheProgramWaitForAReader) {
    // More than a pipe holds, and nobody calls wait() meanwhile.
    const auto who = start_command({.argv = {"sh", "-c", "seq 1 200000 && exit 4"}}, {});
    ASSERT_TRUE(becomes_true([&] { return who->exit().has_value(); }));
    EXPECT_EQ(who->exit()->code, 4);
}

TEST(StartCommand, TellsHowItEnded) {
    const auto by_signal = start_command({.argv = {"sh", "-c", "kill -SEGV $$"}}, {});
    ASSERT_TRUE(by_signal->wait(clock::now() + testing::ceiling));
    EXPECT_EQ(by_signal->exit()->signal, SIGSEGV);
    EXPECT_EQ(by_signal->main_pid(), 0);

    const auto busy = start_command(
        {.argv = {"sh", "-c", "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done"}}, {});
    ASSERT_TRUE(busy->wait(clock::now() + testing::ceiling));
    EXPECT_GT(busy->exit()->processor_ns, 5'000'000);
    EXPECT_GT(busy->exit()->peak_bytes, 100'000);
}

TEST(StartCommand, GivesTheProgramFreshSignalsAndAGroupOfItsOwn) {
    ::signal(SIGPIPE, SIG_IGN);
    ready_subject service(
        {.argv = {"sh", "-c", "grep SigIgn /proc/$$/status; echo ready; sleep 60"}});
    EXPECT_TRUE(service.has("SigIgn:\t0000000000000000"));
    EXPECT_EQ(::getpgid(service.who->main_pid()), service.who->main_pid());
    ::signal(SIGPIPE, SIG_DFL);
}

TEST(StartCommand, AddsToTheEnvironment) {
    ready_subject service({.argv = {"sh", "-c", "[ $PORT = 8080 ] && echo ready; sleep 60"},
                           .environment = {"PORT=8080"}});
}

TEST(StartCommand, FindsWhoLeftTheGroupByTheEnvironment) {
    ready_subject service(
        {.argv = {"sh", "-c", "setsid sh -c 'sleep 61 & echo ready' ; sleep 60"}});
    EXPECT_TRUE(becomes_true([&] { return has_command(service.who->everybody(), "sleep 61"); }));
}

TEST(StartCommand, EndsEverythingThatItStartedWithIt) {
    std::vector<int> all;
    {
        ready_subject service(
            {.argv = {"sh", "-c", "setsid sh -c 'sleep 62 & echo ready'; sleep 60"}});
        all = service.who->everybody();
        ASSERT_GE(all.size(), 2U);
    }
    for (const int pid : all) {
        EXPECT_FALSE(sys::is_alive(pid)) << pid;
    }
}

/// A drill that is killed by SIGKILL while its subject runs; the subject's processes.
std::vector<int> processes_after_a_killed_drill(const command_plan& plan,
                                                const std::string& pid_file) {
    const pid_t drill = ::fork();
    if (drill == 0) {
        std::vector<int> all;
        const auto who = start_command(plan, {});
        const bool is_there = becomes_true([&] {
            all = who->everybody();
            return all.size() >= 3;
        });
        std::ofstream file(pid_file + ".new");
        for (const int pid : is_there ? all : std::vector<int>{}) {
            file << pid << "\n";
        }
        file.close();
        std::filesystem::rename(pid_file + ".new", pid_file);
        ::pause();
    }
    EXPECT_TRUE(becomes_true([&] { return std::filesystem::exists(pid_file); }));
    ::kill(drill, SIGKILL);
    ::waitpid(drill, nullptr, 0);
    std::vector<int> all;
    std::ifstream file(pid_file);
    for (int pid = 0; file >> pid;) {
        all.push_back(pid);
    }
    return all;
}

TEST(StartCommand, LeavesNothingBehindWhenTheDrillItselfIsKilled) {
    const testing::folder files;
    const auto all = processes_after_a_killed_drill(
        {.argv = {"sh", "-c", "setsid sh -c 'trap \"\" TERM; sleep 63 & sleep 63' & sleep 60"}},
        files.file("pids"));
    ASSERT_GE(all.size(), 3U);
    for (const int pid : all) {
        EXPECT_TRUE(becomes_true([pid] { return !sys::is_alive(pid); })) << sys::command_of(pid);
    }
}

TEST(StartCommand, LeavesNothingInANamespaceWhenTheDrillItselfIsKilled) {
    if (!testing::is_root()) {
        GTEST_SKIP() << "a PID namespace without a user namespace needs root";
    }
    const testing::folder files;
    const auto all = processes_after_a_killed_drill(
        {.argv = {"sh", "-c", "env -i setsid sh -c 'sleep 64 & sleep 64' & wait"},
         .in_pid_namespace = true},
        files.file("pids"));
    ASSERT_GE(all.size(), 3U);
    for (const int pid : all) {
        EXPECT_TRUE(becomes_true([pid] { return !sys::is_alive(pid); })) << sys::command_of(pid);
    }
}

TEST(StartCommand, ShowsAContainersOwnProc) {
    if (!testing::is_root()) {
        GTEST_SKIP() << "a PID namespace without a user namespace needs root";
    }
    ready_subject service({.argv = {"sh", "-c",
                                    "sed -n 's/^Name:.*/comm &/p' /proc/1/status; "
                                    "ls /proc | grep -c '^[0-9]*$'; echo ready; sleep 60"},
                           .in_pid_namespace = true});
    EXPECT_TRUE(service.has("comm Name:\tsh")) << "PID 1 in there is the shell";
    EXPECT_TRUE(becomes_true([&] { return has_command(service.who->processes(), "sleep 60"); }));
    EXPECT_EQ(service.who->processes().size(), 2U);
}

bool makes_namespaces() {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(::unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS) == 0 ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status == 0;
}

/// As somebody else than root. Returns: 0, or what was wrong; 3: the kernel gives users no
/// namespaces, and the reason was said.
int start_as_a_user() {
    constexpr unsigned nobody = 65534;
    if (::setgid(nobody) != 0 || ::setuid(nobody) != 0) {
        return 9;
    }
    ::prctl(PR_SET_DUMPABLE, 1);
    try {
        std::string first;
        const auto who =
            start_command({.argv = {"sh", "-c", "echo $$ $(id -u)"}, .in_pid_namespace = true},
                          [&](std::string_view line) { first = first.empty() ? line : first; });
        who->wait(clock::now() + testing::ceiling);
        return first == "1 65534" ? 0 : 7;
    } catch (const std::runtime_error& problem) {
        return says(problem.what(), "user namespace") && !makes_namespaces() ? 3 : 8;
    }
}

TEST(StartCommand, MakesANamespaceAlsoForAUserWhoIsNotRoot) {
    if (!testing::is_root()) {
        GTEST_SKIP() << "only root can become somebody else";
    }
    const pid_t user = ::fork();
    if (user == 0) {
        ::_exit(start_as_a_user());
    }
    int status = 0;
    ::waitpid(user, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    if (WEXITSTATUS(status) == 3) {
        GTEST_SKIP() << "this kernel gives users no namespaces";
    }
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(StartCommand, HearsWhatIsSaidOverTheNotifySocket) {
    ready_subject service(
        {.argv = {"/usr/bin/python3", "-c",
                  "import os, socket, time\n"
                  "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
                  "name = os.environ['NOTIFY_SOCKET'].replace('@', '\\0', 1)\n"
                  "for m in (b'READY=1', b'STOPPING=1\\nEXTEND_TIMEOUT_USEC=2000000',\n"
                  "          b'EXTEND_TIMEOUT_USEC=500000'):\n"
                  "    s.sendto(m, name)\n"
                  "print('ready', flush=True)\ntime.sleep(60)"},
         .hears_notify = true});
    const auto news = service.who->take_news();
    EXPECT_TRUE(news.ready);
    EXPECT_TRUE(news.stopping);
    EXPECT_EQ(news.extend, 2s);
    EXPECT_FALSE(service.who->take_news().ready) << "it was taken";
}

TEST(StartCommand, FollowsTheMainProcessThatTheServiceNames) {
    ready_subject service(
        {.argv = {"/usr/bin/python3", "-c",
                  "import os, socket, subprocess\n"
                  "child = subprocess.Popen(['sh', '-c', 'trap \"exit 5\" TERM; echo ready; "
                  "while :; do sleep 0.02; done'])\n"
                  "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
                  "s.sendto(b'MAINPID=%d' % child.pid,\n"
                  "         os.environ['NOTIFY_SOCKET'].replace('@', '\\0', 1))\n"
                  "child.wait()"},
         .hears_notify = true});
    const int before = service.who->main_pid();
    ASSERT_TRUE(becomes_true([&] { return service.who->take_news().main_pid.has_value(); }));
    EXPECT_NE(service.who->main_pid(), before);
    EXPECT_EQ(service.who->signal_main(SIGTERM), 0);
    ASSERT_TRUE(service.who->wait(clock::now() + testing::ceiling));
    // What the kernel tells of a process that is not our child needs Linux 6.15.
    ASSERT_TRUE(becomes_true([&] {
        service.who->wait(clock::now());
        return service.who->exit()->known;
    }));
    EXPECT_EQ(service.who->exit()->code, 5);
}

TEST(StartCommand, FindsEverybodyOfACgroupOfItsOwn) {
    std::string why;
    if (!sys::control_group::make(why)) {
        GTEST_SKIP() << "no cgroup can be made here: " << why;
    }
    ready_subject service(
        {.argv = {"sh", "-c", "env -i setsid sh -c 'sleep 65 & echo ready'; sleep 60"},
         .in_cgroup = true});
    EXPECT_TRUE(service.who->notes().empty());
    EXPECT_TRUE(becomes_true([&] { return has_command(service.who->processes(), "sleep 65"); }))
        << "it left its group, its parent and its environment";
    const auto all = service.who->processes();
    EXPECT_EQ(service.who->signal_all(SIGKILL), 0);
    for (const int pid : all) {
        EXPECT_TRUE(becomes_true([pid] { return !sys::is_alive(pid); }));
    }
}

}  // namespace
}  // namespace lastcall::drill

// Whether a machine allows it: here, and in sandboxes that forbid one part of it each.
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>

#include "intercept/harness.hpp"
#include "intercept/in_child.hpp"
#include "sys/intercept/why_no_interception.hpp"

namespace lastcall::testing {
namespace {

constexpr unsigned nobody = 65534;

void install(const sock_filter* code, unsigned short size, unsigned long flags) {
    const sock_fprog program{size, const_cast<sock_filter*>(code)};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/// From now on `number` fails with `error` in this process: a sandbox.
void forbid(long number, int error) {
    const sock_filter code[] = {
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<std::uint32_t>(number)},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error)},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
    install(code, 4, 0);
}

/// A process under another supervisor's notifications.
void supervise() {
    const sock_filter code[] = {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
    install(code, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

/// What the probe says inside of a sandbox: its three lines.
struct answer {
    std::string why_not;
    std::string weakness;
    bool takes_privileges_away = false;
};
answer ask_inside(const std::function<void()>& sandbox, const sys::interception_trial& trial = {}) {
    int pipe[2];
    EXPECT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        sandbox();
        const sys::interception_report report = sys::why_no_interception(trial);
        const std::string text = report.why_not + "\n" + report.weakness + "\n" +
                                 (report.takes_privileges_away ? "1" : "0");
        (void)!::write(pipe[1], text.data(), text.size());
        ::_exit(0);
    }
    ::close(pipe[1]);
    std::string text;
    char part[4096];
    for (ssize_t got = 0; (got = ::read(pipe[0], part, sizeof part)) > 0;) {
        text.append(part, static_cast<std::size_t>(got));
    }
    ::close(pipe[0]);
    EXPECT_EQ(::waitpid(child, nullptr, 0), child);
    const std::size_t first = text.find('\n');
    const std::size_t second = text.find('\n', first + 1);
    EXPECT_NE(second, std::string::npos) << text;
    return {text.substr(0, first), text.substr(first + 1, second - first - 1),
            text.substr(second + 1) == "1"};
}

bool holds(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

TEST(Trial, FindsNothingAgainstItHere) {
    const answer got = ask_inside([] {});
    EXPECT_EQ(got.why_not, "");
    EXPECT_EQ(got.weakness, "");
    EXPECT_EQ(got.takes_privileges_away, ::geteuid() != 0);
}

TEST(Trial, WorksForAServiceOfAnotherUser) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "another user needs root";
    }
    const answer got = ask_inside([] {}, {nobody, nobody});
    EXPECT_EQ(got.why_not, "");
    EXPECT_EQ(got.weakness, "");
    EXPECT_FALSE(got.takes_privileges_away);
}

TEST(Trial, SaysWhenAServiceOfAnotherUserCanNotBeLookedAt) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "another user needs root";
    }
    const auto without_ptrace = [] {
        __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
        __user_cap_data_struct data[2]{};
        ::syscall(SYS_capget, &header, data);
        data[0].effective &= ~(1U << CAP_SYS_PTRACE);
        data[0].permitted &= ~(1U << CAP_SYS_PTRACE);
        ::syscall(SYS_capset, &header, data);
    };
    EXPECT_EQ(ask_inside(without_ptrace).why_not, "") << "the same user needs no privilege";
    const answer got = ask_inside(without_ptrace, {nobody, nobody});
    EXPECT_TRUE(holds(got.why_not, "give the keeper CAP_SYS_PTRACE")) << got.why_not;
    EXPECT_TRUE(holds(got.why_not, "LISTEN_FDS")) << "what works instead";
}

TEST(Trial, SaysWhatIsLostWithoutPidfdGetfd) {
    const answer got = ask_inside([] { forbid(SYS_pidfd_getfd, EPERM); });
    EXPECT_EQ(got.why_not, "");
    EXPECT_TRUE(holds(got.weakness, "Boost.Asio")) << got.weakness;
}

TEST(Trial, SaysWhenSeccompIsForbiddenOrMissing) {
    EXPECT_TRUE(
        holds(ask_inside([] { forbid(SYS_seccomp, ENOSYS); }).why_not, "no seccomp notifications"));
    EXPECT_EQ(ask_inside([] { forbid(SYS_process_vm_readv, EPERM); }).why_not, "")
        << "there is /proc/PID/mem";
    const answer refused = ask_inside([] {
        forbid(SYS_process_vm_readv, EPERM);
        forbid(SYS_pread64, EPERM);
    });
    EXPECT_TRUE(holds(refused.why_not, "may not read which address")) << refused.why_not;
}

TEST(Trial, SaysWhenAnotherSupervisorIsThereAlready) {
    const answer got = ask_inside(supervise);
    EXPECT_TRUE(holds(got.why_not, "another supervisor's seccomp notifications")) << got.why_not;
}

TEST(Filter, TellsTheParentWhyItIsNotThere) {
    start_options options;
    options.before_filter = supervise;
    intercepted program([] { return 0; }, std::move(options));
    EXPECT_EQ(program.filter().failed, sys::filter_result::step::filter);
    EXPECT_EQ(program.filter().error, EBUSY);
    EXPECT_EQ(program.wait(), 101);
}

TEST(Filter, TellsTheParentOfAChildThatEndedBefore) {
    start_options options;
    options.before_filter = [] { ::_exit(0); };
    const intercepted program([] { return 0; }, std::move(options));
    EXPECT_EQ(program.filter().failed, sys::filter_result::step::child_is_gone);
    EXPECT_NE(describe(program.filter()), "");
}

TEST(Filter, TakesPrivilegesAwayOnlyFromWhoCanNotDoWithout) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "compared with root";
    }
    const auto privileges = [] { return ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0); };
    intercepted as_root(privileges, {});
    EXPECT_FALSE(as_root.filter().has_no_new_privs);
    EXPECT_EQ(as_root.wait(), 0);
    start_options options;
    options.before_filter = [] { (void)!::setuid(nobody); };
    intercepted as_nobody(privileges, std::move(options));
    EXPECT_TRUE(as_nobody.filter().is_there()) << describe(as_nobody.filter());
    EXPECT_TRUE(as_nobody.filter().has_no_new_privs);
    EXPECT_EQ(as_nobody.wait(), 1);
}

TEST(Filter, KeepsSetuidProgramsWorkingForAServiceOfRoot) {
    const std::string id = find_program("id");
    if (::geteuid() != 0 || id.empty()) {
        GTEST_SKIP() << "needs root, and id(1)";
    }
    const private_folder folder;
    const std::string setuid_id = folder / "id";
    std::filesystem::copy_file(id, setuid_id);
    ASSERT_EQ(::chmod(setuid_id.c_str(), 04755), 0);
    const auto run = [&](bool is_user_changed_before) {
        start_options options;
        const auto change = [] { (void)!::setuid(nobody); };
        if (is_user_changed_before) {
            options.before_filter = change;
        }
        intercepted program(
            [=] {
                change();
                ::execl(setuid_id.c_str(), "id", nullptr);
                return 1;
            },
            std::move(options));
        EXPECT_EQ(program.wait(), 0);
        return program.output();
    };
    const std::string output = run(false);
    struct statvfs mount {};
    if (::statvfs(setuid_id.c_str(), &mount) != 0 || (mount.f_flag & ST_NOSUID) != 0) {
        GTEST_SKIP() << "no setuid program works in " << folder.path();
    }
    EXPECT_TRUE(holds(output, "euid=0")) << output;
    EXPECT_FALSE(holds(run(true), "euid=0")) << "no_new_privs, as the report says";
}

}  // namespace
}  // namespace lastcall::testing

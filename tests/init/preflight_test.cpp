#include "init/preflight.hpp"

#include <sched.h>

#include "init/child.hpp"
#include "sys/process/process_facts.hpp"

using namespace lastcall;
using lastcall::init_test::child;
using lastcall::init_test::fork_below;
using lastcall::init_test::wait_until;

namespace {

void append(void* context, std::string_view line) noexcept {
    static_cast<std::string*>(context)->append(line);
}

std::string warning_for(const init::preflight_request& request) {
    std::string text;
    const bool warned = init::write_preflight(request, {append, &text});
    EXPECT_EQ(warned, !text.empty());
    if (warned) {
        EXPECT_EQ(text.find('\n'), text.size() - 1) << "one line: " << text;
    }
    return text;
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

int only_child_of(int pid, const std::string& command) {
    std::vector<sys::process_entry> table(4);
    int found = 0;
    EXPECT_TRUE(wait_until([&] {
        sys::short_text<512> words;
        if (sys::find_descendants(pid, table).count != 1) {
            return false;
        }
        found = table[0].pid;
        sys::read_command(found, words);
        return words.view() == command;
    }));
    return found;
}

TEST(Preflight, WarnsOfAShellInFrontAndHowToReplaceIt) {
    child shell = child::program({"sh", "-c", "sleep 1003; true"});
    const int below = only_child_of(shell.pid(), "sleep 1003");
    const std::string text = warning_for({.main_pid = shell.pid()});
    EXPECT_TRUE(contains(text, "lastcall-init: warning: ")) << text;
    EXPECT_TRUE(contains(text, "(sh -c sleep 1003; true)")) << text;
    EXPECT_TRUE(contains(text, "write `exec sleep 1003` as the last command of `-c`")) << text;
    ::kill(below, SIGKILL);
}

TEST(Preflight, SaysNothingOfAShellWithATrap) {
    child shell = child::program({"sh", "-c", "trap 'exit 0' TERM; sleep 1004 & wait"});
    const int below = only_child_of(shell.pid(), "sleep 1004");
    EXPECT_EQ(warning_for({.main_pid = shell.pid()}), "");
    ::kill(below, SIGKILL);
}

TEST(Preflight, WarnsOfASignalThatIsNotCaught) {
    child one([](const auto& ready) { ready(""); });
    EXPECT_TRUE(contains(warning_for({.main_pid = one.pid()}), "no handler for SIGTERM"));
}

TEST(Preflight, WarnsOfASignalThatIsIgnored) {
    child one([](const auto& ready) {
        ::signal(SIGTERM, SIG_IGN);
        ready("");
    });
    EXPECT_TRUE(contains(warning_for({.main_pid = one.pid()}), "it ignores SIGTERM"));
}

TEST(Preflight, LooksAtTheSignalThatWillBeSent) {
    child one([](const auto& ready) {
        ::signal(SIGQUIT, [](int) {});
        ready("");
    });
    EXPECT_EQ(
        warning_for({.main_pid = one.pid(), .stop_signal = SIGQUIT, .stop_signal_name = "SIGQUIT"}),
        "");
    EXPECT_TRUE(contains(
        warning_for({.main_pid = one.pid(), .stop_signal = SIGINT, .stop_signal_name = "SIGINT"}),
        "SIGINT"));
}

TEST(Preflight, SaysNothingOfAProgramThatCatchesTheSignal) {
    child one([](const auto& ready) {
        ::signal(SIGTERM, [](int) {});
        fork_below([&] { ready(std::to_string(::getpid())); });
    });
    EXPECT_EQ(warning_for({.main_pid = one.pid()}), "");
    ::kill(std::stoi(one.said()), SIGKILL);
}

TEST(Preflight, SaysNothingOfAProgramThatIsGone) {
    child one([](const auto&) { ::_exit(0); });
    EXPECT_EQ(warning_for({.main_pid = one.pid()}), "");
    EXPECT_EQ(warning_for({.main_pid = 4'194'303}), "");
}

TEST(Preflight, TellsPidOneOfANamespaceThatTheKernelDropsTheSignal) {
    child outer([](const auto& ready) {
        if (::geteuid() != 0 || ::unshare(CLONE_NEWPID) != 0) {
            ready("none");
            return;
        }
        ready(std::to_string(fork_below([] {})));
    });
    if (outer.said() == "none") {
        GTEST_SKIP() << "may not make a pid namespace";
    }
    const int init = std::stoi(outer.said());
    const std::string text = warning_for({.main_pid = init});
    EXPECT_TRUE(contains(text, "the kernel drops the signal")) << text;
    ::kill(init, SIGKILL);
}

}  // namespace

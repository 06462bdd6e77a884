#include "sys/signal/signal_inbox.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/keeper_exit.hpp"

namespace lastcall {
namespace {

/// In a process of its own: an inbox takes all signals.
void in_a_child(bool (*body)()) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::_exit(body() ? 0 : 1);
    }
    int status = 1;
    EXPECT_EQ(::waitpid(pid, &status, 0), pid);
    EXPECT_EQ(status, 0);
}

TEST(SignalInbox, GivesTheLowestNumberFirstAndOthersWhereThatIsAskedFor) {
    in_a_child([] {
        sys::signal_inbox inbox;
        sys::signal_letter letter;
        ::raise(SIGTERM);
        ::raise(SIGUSR1);
        constexpr std::uint64_t seen = std::uint64_t{1} << (SIGUSR1 - 1);
        const bool other = inbox.take_other(letter, seen) && letter.number == SIGTERM &&
                           letter.sender_pid == ::getpid() && letter.sender_uid == ::getuid();
        const bool no_other = !inbox.take_other(letter, seen);
        const bool rest = inbox.take(letter) && letter.number == SIGUSR1 && !inbox.take(letter);
        return other && no_other && rest;
    });
}

int status_of(const core::keeper_end& end) {
    core::keeper_exit_rules rules;
    rules.map.fill(-1);
    return core::keeper_exit_status(end, rules);
}

TEST(KeeperExit, NotReadyInTimeHasItsOwnStatusUnlessTheProgramSaysMore) {
    EXPECT_EQ(status_of({.main_ended = true, .not_ready = true}), 124);
    EXPECT_EQ(
        status_of({.main_ended = true, .main_killed = true, .main_status = 15, .not_ready = true}),
        124);
    EXPECT_EQ(status_of({.not_ready = true}), 124) << "it had to be killed";
    EXPECT_EQ(status_of({.main_ended = true, .main_status = 3, .not_ready = true}), 3);
}

}  // namespace
}  // namespace lastcall

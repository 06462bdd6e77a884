#include "sys/signal/signal_inbox.hpp"

#include "init/child.hpp"
#include "sys/clock.hpp"

using namespace lastcall;
using lastcall::init_test::child;

namespace {

// Each in a process of its own: an inbox owns all signals of the process.

std::string text_of(const sys::signal_letter& letter) {
    return std::to_string(letter.number) + " from " + std::to_string(letter.sender_pid);
}

TEST(SignalInbox, WaitingTakesASignalAndItsSender) {
    const child one([](const auto& ready) {
        sys::signal_inbox inbox;
        ::kill(::getpid(), SIGUSR1);
        sys::signal_letter letter;
        const bool came = inbox.wait(letter, std::nullopt);
        const bool again = inbox.wait(letter, sys::monotonic_now());
        ready((came ? text_of(letter) : "none") + (again ? ", again" : ", once"));
    });
    EXPECT_EQ(one.said(),
              std::to_string(SIGUSR1) + " from " + std::to_string(one.pid()) + ", once");
}

TEST(SignalInbox, WaitingEndsAtAMomentThatHasPassed) {
    const child one([](const auto& ready) {
        sys::signal_inbox inbox;
        sys::signal_letter letter;
        const auto before = sys::monotonic_now() - std::chrono::seconds(1);
        ready(inbox.wait(letter, before) ? text_of(letter) : "none");
    });
    EXPECT_EQ(one.said(), "none");
}

TEST(SignalInbox, WaitingSeesThatAChildHasEnded) {
    const child one([](const auto& ready) {
        sys::signal_inbox inbox;
        if (::fork() == 0) {
            ::_exit(0);
        }
        sys::signal_letter letter;
        ready(inbox.wait(letter, std::nullopt) ? std::to_string(letter.number) : "none");
    });
    EXPECT_EQ(one.said(), std::to_string(SIGCHLD));
}

}  // namespace

// Whose messages count: those of the keeper's descendants.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/prctl.h>

#include <memory>

#include "init/notify_proxy.hpp"
#include "notify_support.hpp"

namespace lastcall::init {
namespace {

using testing::ceiling_ms;
using testing::is_readable_within;
using testing::manager;
using testing::say;
using testing::speaker;

class NotifySenders : public ::testing::Test {
protected:
    void open(const char* upstream) {
        ASSERT_TRUE(proxy_->open({upstream, true, false}, why_)) << why_.view();
        address_ = proxy_->address();
    }
    // What arrives of `messages` when a child says them.
    notify_news hear(const std::vector<std::string>& messages) {
        speaker child([&] {
            for (const std::string& text : messages) {
                say(address_, text);
            }
        });
        EXPECT_TRUE(child.has_spoken());
        return take();
    }
    notify_news take() {
        EXPECT_TRUE(is_readable_within(proxy_->fd(), ceiling_ms));
        return proxy_->take();
    }

    void SetUp() override { ASSERT_EQ(::pipe(spoken_) | ::pipe(heard_), 0); }
    void TearDown() override {
        for (const int fd : {spoken_[0], spoken_[1], heard_[0], heard_[1]}) {
            ::close(fd);
        }
    }

    // Runs `body` in a child, so that its orphans fall to this process, and ends them.
    template <class Body>
    void in_a_keeper(Body body) {
        ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
        const pid_t keeper = ::fork();
        if (keeper == 0) {
            body();
            ::_exit(HasFailure() ? 1 : 0);
        }
        int status = -1;
        EXPECT_EQ(::waitpid(keeper, &status, 0), keeper);
        EXPECT_EQ(status, 0);
        ::close(heard_[1]);
        heard_[1] = -1;
        while (::wait(nullptr) > 0) {
        }
        ::prctl(PR_SET_CHILD_SUBREAPER, 0);
    }
    // The message of a process whose parent has ended; it stays as long as the keeper.
    void speak_as_orphan() {
        const pid_t middle = ::fork();
        if (middle == 0) {
            const pid_t self = ::getpid();
            if (::fork() == 0) {
                while (::getppid() == self) {
                    ::sched_yield();
                }
                say(address_, "READY=1\nMAINPID=1");
                char byte = 0;
                ::close(heard_[1]);
                (void)!::read(heard_[0], &byte, 1);
                ::_exit(0);
            }
            ::_exit(0);
        }
        ::waitpid(middle, nullptr, 0);
    }

    std::unique_ptr<notify_proxy> proxy_ = std::make_unique<notify_proxy>();
    core::fixed_text<512> why_;
    std::string address_;
    int spoken_[2];
    int heard_[2];
};

TEST_F(NotifySenders, HearsItsDescendant) {
    open(nullptr);
    const notify_news news = hear({"READY=1\nSTATUS=serving\tall"});
    EXPECT_TRUE(news.ready);
    EXPECT_TRUE(news.status_changed);
    EXPECT_EQ(proxy_->status(), "serving all");
    EXPECT_EQ(news.complaint, "");
}

TEST_F(NotifySenders, IsNotMisledByTheNameOfAProcess) {
    open(nullptr);
    speaker child([&] {
        ::prctl(PR_SET_NAME, ") S 1 (");
        say(address_, "READY=1");
    });
    ASSERT_TRUE(child.has_spoken());
    EXPECT_TRUE(take().ready);
}

TEST_F(NotifySenders, HearsAGrandchildWhoseParentLives) {
    open(nullptr);
    speaker child([&] {
        speaker grandchild([&] { say(address_, "STOPPING=1"); });
        grandchild.has_spoken();
        // Stays, with its child, until the test has read the message.
        char byte = 0;
        (void)!::write(spoken_[1], "s", 1);
        (void)!::read(heard_[0], &byte, 1);
    });
    ASSERT_TRUE(is_readable_within(spoken_[0], ceiling_ms));
    const notify_news news = take();
    EXPECT_TRUE(news.stopping);
    EXPECT_EQ(news.complaint, "");
    EXPECT_EQ(::write(heard_[1], "h", 1), 1);
}

TEST_F(NotifySenders, HearsAChildThatHasExitedAndWasNotReaped) {
    open(nullptr);
    const pid_t pid = ::fork();
    if (pid == 0) {
        say(address_, "READY=1");
        ::_exit(0);
    }
    siginfo_t info{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT), 0);
    EXPECT_TRUE(take().ready);
    ::waitpid(pid, nullptr, 0);
}

TEST_F(NotifySenders, RefusesAStrangerAndSaysSoOnce) {
    manager systemd;
    in_a_keeper([&] {
        open(systemd.name());
        speak_as_orphan();
        const notify_news first = take();
        EXPECT_FALSE(first.ready);
        EXPECT_EQ(first.main_pid, 0);
        EXPECT_NE(first.complaint.find("sender is not of this service"), std::string_view::npos);
        EXPECT_EQ(systemd.next(), "(none)");

        speak_as_orphan();
        EXPECT_EQ(take().complaint, "");
    });
}

TEST_F(NotifySenders, HearsAnOrphanThatTheKeeperHasAdopted) {
    in_a_keeper([&] {
        open(nullptr);
        ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
        speak_as_orphan();
        EXPECT_TRUE(take().ready);
    });
}

TEST_F(NotifySenders, AsPid1HearsEverybodyInItsNamespaceAndNobodyOutside) {
    int report[2];
    int names[2];
    int go[2];
    ASSERT_EQ(::pipe(report) | ::pipe(names) | ::pipe(go), 0);
    const pid_t outer = ::fork();
    if (outer == 0) {
        ::close(go[1]);
        if (::unshare(CLONE_NEWPID) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0) {
            (void)!::write(names[1], "?", 1);
            ::_exit(0);
        }
        if (::fork() != 0) {
            ::wait(nullptr);
            ::_exit(0);
        }
        proxy_->open({nullptr, true, false}, why_);
        const auto name = proxy_->address();
        (void)!::write(names[1], name.data(), name.size());
        char byte = 0;
        (void)!::read(go[0], &byte, 1);  // the one outside has spoken
        const notify_news stranger = proxy_->take();
        const pid_t child = ::fork();
        if (child == 0) {
            say(name, "READY=1");
            ::_exit(0);
        }
        ::waitpid(child, nullptr, 0);
        const notify_news own = proxy_->take();
        const char found[2] = {stranger.stopping || stranger.complaint.empty() ? 'x' : 's',
                               own.ready ? 'r' : 'x'};
        (void)!::write(report[1], found, 2);
        ::_exit(0);
    }
    char name[64]{};
    ASSERT_TRUE(is_readable_within(names[0], ceiling_ms));
    ASSERT_GT(::read(names[0], name, sizeof name - 1), 0);
    if (name[0] == '?') {
        ::waitpid(outer, nullptr, 0);
        GTEST_SKIP() << "PID namespaces are not permitted here";
    }
    EXPECT_TRUE(say(name, "STOPPING=1"));
    ASSERT_EQ(::write(go[1], "g", 1), 1);
    char found[2]{};
    ASSERT_TRUE(is_readable_within(report[0], ceiling_ms));
    ASSERT_EQ(::read(report[0], found, 2), 2);
    EXPECT_EQ(found[0], 's');
    EXPECT_EQ(found[1], 'r');
    ::waitpid(outer, nullptr, 0);
    for (const int* ends : {report, names, go}) {
        ::close(ends[0]);
        ::close(ends[1]);
    }
}

}  // namespace
}  // namespace lastcall::init

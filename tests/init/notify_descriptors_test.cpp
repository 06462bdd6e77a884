// Descriptors that come with messages: passed on, or closed, never kept.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <memory>

#include "init/notify_proxy.hpp"
#include "notify_support.hpp"

namespace lastcall::init {
namespace {

using testing::ceiling_ms;
using testing::is_readable_within;
using testing::manager;
using testing::open_descriptors;
using testing::say;
using testing::speaker;

class NotifyDescriptors : public ::testing::Test {
protected:
    void open(const char* upstream) {
        ASSERT_TRUE(proxy_->open({upstream, true, false}, why_)) << why_.view();
        address_ = proxy_->address();
    }
    template <class Body>
    notify_news hear(Body body) {
        speaker child(body);
        EXPECT_TRUE(child.has_spoken());
        EXPECT_TRUE(is_readable_within(proxy_->fd(), ceiling_ms));
        return proxy_->take();
    }
    // `count` pipes' reading ends.
    static std::vector<int> some_fds(std::size_t count) {
        std::vector<int> fds;
        while (fds.size() < count) {
            fds.push_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        }
        return fds;
    }

    std::unique_ptr<notify_proxy> proxy_ = std::make_unique<notify_proxy>();
    core::fixed_text<512> why_;
    std::string address_;
};

TEST_F(NotifyDescriptors, OfAnFdstoreReachTheManager) {
    manager systemd;
    open(systemd.name());
    const auto before = open_descriptors();
    hear([&] { say(address_, "FDSTORE=1\nFDNAME=feed", some_fds(3)); });
    EXPECT_EQ(open_descriptors(), before) << "none is kept";
    EXPECT_EQ(systemd.next(), "FDSTORE=1\nFDNAME=feed");
    EXPECT_EQ(systemd.fds.size(), 3U);
    for (const int fd : systemd.fds) {
        EXPECT_NE(::fcntl(fd, F_GETFD), -1);
    }
}

TEST_F(NotifyDescriptors, AsManyAsAMessageCanHoldReachTheManager) {
    manager systemd;
    open(systemd.name());
    const auto before = open_descriptors();
    hear([&] { say(address_, "FDSTORE=1", some_fds(253)); });
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_EQ(systemd.next(), "FDSTORE=1");
    EXPECT_EQ(systemd.fds.size(), 253U);
}

TEST_F(NotifyDescriptors, ThatNobodyExpectsAreClosed) {
    manager systemd;
    open(systemd.name());
    const auto before = open_descriptors();
    hear([&] { say(address_, "READY=1", some_fds(5)); });
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_EQ(systemd.next(), "READY=1");
    EXPECT_TRUE(systemd.fds.empty());
}

TEST_F(NotifyDescriptors, WithoutAManagerAreClosed) {
    open(nullptr);
    const auto before = open_descriptors();
    hear([&] { say(address_, "FDSTORE=1", some_fds(253)); });
    EXPECT_EQ(open_descriptors(), before);
}

TEST_F(NotifyDescriptors, ThatTheLimitOfOpenFilesRefusesAreNotPassedOnInPart) {
    manager systemd;
    open(systemd.name());
    const auto before = open_descriptors();
    speaker child([&] { say(address_, "FDSTORE=1", some_fds(40)); });
    ASSERT_TRUE(child.has_spoken());
    rlimit was{};
    ::getrlimit(RLIMIT_NOFILE, &was);
    const rlimit tight{static_cast<rlim_t>(before) + 16, was.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &tight);
    const notify_news news = proxy_->take();
    ::setrlimit(RLIMIT_NOFILE, &was);
    EXPECT_NE(news.complaint.find("limit of open files"), std::string_view::npos);
    EXPECT_EQ(systemd.next(), "(none)");
    EXPECT_EQ(open_descriptors(), before + 2) << "the two pipes of the child";
}

TEST_F(NotifyDescriptors, OfAMessageThatWaitedAreNotKept) {
    manager systemd;
    open(systemd.name());
    systemd.fill();
    const auto before = open_descriptors();
    hear([&] { say(address_, "FDSTORE=1", some_fds(4)); });
    ASSERT_TRUE(proxy_->waits_for_upstream());
    EXPECT_EQ(open_descriptors(), before + 4);
    systemd.empty();
    proxy_->upstream_writable();
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_EQ(systemd.next(), "FDSTORE=1");
    EXPECT_EQ(systemd.fds.size(), 4U);
}

TEST_F(NotifyDescriptors, OfMessagesThatAreRefusedAreClosed) {
    manager systemd;
    open(systemd.name());
    const auto before = open_descriptors();
    using namespace std::string_view_literals;
    const notify_news news = hear([&] {
        say(address_, "STATUS=" + std::string(5000, 'x'), some_fds(2));
        say(address_, "READY=1\0STOPPING=1"sv, some_fds(2));
        say(address_, "", some_fds(2));
        say(address_, "\n\n", some_fds(2));
        say(address_, "BARRIER=1\nREADY=1", some_fds(1));
        say(address_, "BARRIER=1", some_fds(2));
        say(address_, "BARRIER=1");
        say(address_, "no equals sign", some_fds(1));
    });
    EXPECT_FALSE(news.ready || news.stopping || news.barrier || news.status_changed);
    EXPECT_NE(news.complaint.find("more than 4096 bytes"), std::string_view::npos);
    EXPECT_NE(news.complaint.find("no text"), std::string_view::npos);
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_EQ(systemd.next(), "no equals sign");
    EXPECT_EQ(systemd.next(), "(none)");
}

TEST_F(NotifyDescriptors, AMessageMayEndWithAZero) {
    open(nullptr);
    using namespace std::string_view_literals;
    EXPECT_TRUE(hear([&] { say(address_, "READY=1\0"sv); }).ready);
}

// As sd_notify_barrier(3): the end of a pipe goes along, and the other end reports when
// everybody has closed it. Exits when it did.
[[noreturn]] void wait_for_barrier(const std::string& address) {
    say(address, "STATUS=before the barrier");
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        ::_exit(2);
    }
    say(address, "BARRIER=1", {ends[1]});
    ::close(ends[1]);
    pollfd hung_up{ends[0], 0, 0};
    ::_exit(::poll(&hung_up, 1, ceiling_ms) == 1 && (hung_up.revents & POLLHUP) != 0 ? 0 : 1);
}

int status_of(pid_t pid) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

notify_news take_until_barrier(notify_proxy& proxy) {
    for (;;) {
        EXPECT_TRUE(is_readable_within(proxy.fd(), ceiling_ms));
        const notify_news news = proxy.take();
        if (news.barrier || ::testing::Test::HasFailure()) {
            return news;
        }
    }
}

TEST_F(NotifyDescriptors, ABarrierEndsWithoutAManager) {
    open(nullptr);
    const auto before = open_descriptors();
    const pid_t pid = ::fork();
    if (pid == 0) {
        wait_for_barrier(address_);
    }
    take_until_barrier(*proxy_);
    EXPECT_EQ(status_of(pid), 0);
    EXPECT_EQ(open_descriptors(), before);
}

TEST_F(NotifyDescriptors, ABarrierEndsWhenTheManagerHasSeenIt) {
    manager systemd;
    open(systemd.name());
    const pid_t pid = ::fork();
    if (pid == 0) {
        wait_for_barrier(address_);
    }
    take_until_barrier(*proxy_);
    EXPECT_EQ(systemd.next(), "STATUS=before the barrier");
    EXPECT_EQ(systemd.next(), "BARRIER=1");
    ASSERT_EQ(systemd.fds.size(), 1U);
    // The manager holds the last copy: nobody else keeps the service waiting, and it waits.
    EXPECT_EQ(::waitpid(pid, nullptr, WNOHANG), 0);
    systemd.drop_fds();
    EXPECT_EQ(status_of(pid), 0);
}

TEST_F(NotifyDescriptors, ABarrierEndsWhenTheManagerIsGone) {
    manager systemd;
    open(systemd.name());
    systemd.stop();
    const pid_t pid = ::fork();
    if (pid == 0) {
        wait_for_barrier(address_);
    }
    take_until_barrier(*proxy_);
    EXPECT_EQ(status_of(pid), 0);
}

TEST_F(NotifyDescriptors, TheSystemdProgramIsHeard) {
    if (::access("/usr/bin/systemd-notify", X_OK) != 0) {
        GTEST_SKIP() << "systemd-notify is not installed";
    }
    open(nullptr);
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::setenv("NOTIFY_SOCKET", address_.c_str(), 1);
        ::execl("/usr/bin/systemd-notify", "systemd-notify", "--ready", "--status=by systemd",
                nullptr);
        ::_exit(127);
    }
    ASSERT_TRUE(is_readable_within(proxy_->fd(), ceiling_ms));
    EXPECT_TRUE(proxy_->take().ready);
    EXPECT_EQ(proxy_->status(), "by systemd");
    int status = -1;
    while (::waitpid(pid, &status, WNOHANG) == 0) {  // its barrier, which follows
        if (is_readable_within(proxy_->fd(), 1)) {
            proxy_->take();
        }
    }
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace lastcall::init

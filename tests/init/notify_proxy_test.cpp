#include "init/notify_proxy.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "notify_support.hpp"

namespace lastcall::init {
namespace {

using namespace std::chrono_literals;
using testing::ceiling_ms;
using testing::is_readable_within;
using testing::manager;
using testing::say;
using testing::speaker;

class NotifyProxy : public ::testing::Test {
protected:
    void open(const char* upstream, bool keeps_ready_back = false) {
        ASSERT_TRUE(proxy_->open({upstream, true, keeps_ready_back}, why_)) << why_.view();
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
    [[nodiscard]] bool is_empty() const { return !is_readable_within(proxy_->fd(), 0); }

    std::unique_ptr<notify_proxy> proxy_ = std::make_unique<notify_proxy>();
    core::fixed_text<512> why_;
    std::string address_;
};

TEST_F(NotifyProxy, IsNotThereWhenNobodyAskedForIt) {
    EXPECT_TRUE(proxy_->open({nullptr, false, false}, why_));
    EXPECT_FALSE(proxy_->is_open());
    EXPECT_EQ(proxy_->address(), "");
    EXPECT_TRUE(proxy_->open({"", false, false}, why_));
    EXPECT_FALSE(proxy_->is_open());
}

TEST_F(NotifyProxy, HasANameNobodyCanGuess) {
    open(nullptr);
    notify_proxy other;
    ASSERT_TRUE(other.open({nullptr, true, false}, why_));
    EXPECT_EQ(proxy_->address().size(), std::string_view("@lastcall-").size() + 32);
    EXPECT_NE(proxy_->address(), other.address());
}

TEST_F(NotifyProxy, ForwardsEverythingButTheMainProcess) {
    manager systemd;
    open(systemd.name());
    const notify_news news = hear({"READY=1\nMAINPID=1\nX_ODD=3\nSTATUS=up", "WATCHDOG=1",
                                   "RELOADING=1\nMONOTONIC_USEC=5", "MAINPID=1"});
    EXPECT_EQ(systemd.next(), "READY=1\nX_ODD=3\nSTATUS=up");
    EXPECT_EQ(systemd.next(), "WATCHDOG=1");
    EXPECT_EQ(systemd.next(), "RELOADING=1\nMONOTONIC_USEC=5");
    EXPECT_EQ(systemd.next(), "(none)");
    EXPECT_TRUE(news.ready && news.watchdog && news.reloading);
    EXPECT_EQ(news.main_pid, 0);  // 1 is no descendant
    EXPECT_NE(news.complaint.find("MAINPID"), std::string_view::npos);
}

TEST_F(NotifyProxy, HandsOverTheMainProcessTheServiceNames) {
    manager systemd;
    open(systemd.name());
    speaker child([&] { say(address_, "MAINPID=" + std::to_string(::getpid())); });
    ASSERT_TRUE(child.has_spoken());
    EXPECT_EQ(take().main_pid, child.pid());
    EXPECT_EQ(systemd.next(), "(none)");
}

TEST_F(NotifyProxy, ReachesAManagerBehindAPath) {
    std::string directory = ::testing::TempDir() + "notifyXXXXXX";
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    const std::string path = directory + "/socket";
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address;
    testing::fill_address(path, address);
    ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    open(path.c_str());
    hear({"READY=1"});
    char text[16]{};
    ASSERT_TRUE(is_readable_within(fd, 0));
    EXPECT_EQ(::read(fd, text, sizeof text), 7);
    ::close(fd);
    std::filesystem::remove_all(directory);
}

TEST_F(NotifyProxy, SaysWhichAddressesItCannotReach) {
    const std::string long_path = "/" + std::string(108, 'x');
    const std::pair<std::string, const char*> bad[] = {{"vsock:2:1234", "vsock is not supported"},
                                                       {"relative", "neither an absolute path"},
                                                       {"@", "neither an absolute path"},
                                                       {long_path, "longer than an address"}};
    for (const auto& [name, reason] : bad) {
        notify_proxy proxy;
        core::fixed_text<512> why;
        EXPECT_FALSE(proxy.open({name.c_str(), false, false}, why)) << name;
        EXPECT_NE(why.view().find(reason), std::string_view::npos) << why.view();
        EXPECT_FALSE(proxy.is_open()) << "the children keep what they have";
    }
}

TEST_F(NotifyProxy, FindsAManagerThatComesLater) {
    manager systemd;
    systemd.stop();
    EXPECT_FALSE(proxy_->open({systemd.name(), false, false}, why_));
    EXPECT_NE(why_.view().find("cannot be reached now"), std::string_view::npos);
    ASSERT_TRUE(proxy_->is_open());
    address_ = proxy_->address();
    EXPECT_NE(hear({"STATUS=lost"}).complaint.find("did not take"), std::string_view::npos);
    systemd.listen();
    hear({"READY=1"});
    EXPECT_EQ(systemd.next(), "READY=1");
    systemd.stop();
    systemd.listen();  // started again under the same name
    hear({"STATUS=again"});
    EXPECT_EQ(systemd.next(), "STATUS=again");
}

TEST_F(NotifyProxy, ExtendsTheBudgetOnlyWhenTheManagerWasTold) {
    open(nullptr);
    EXPECT_FALSE(hear({"EXTEND_TIMEOUT_USEC=5000000"}).extend_by);

    manager systemd;
    proxy_ = std::make_unique<notify_proxy>();
    open(systemd.name());
    EXPECT_EQ(hear({"EXTEND_TIMEOUT_USEC=5000000"}).extend_by, 5s);
    systemd.stop();
    EXPECT_FALSE(hear({"EXTEND_TIMEOUT_USEC=9000000"}).extend_by);
}

TEST_F(NotifyProxy, KeepsReadyBackUntilTheProbeHasSpoken) {
    manager systemd;
    open(systemd.name(), true);
    EXPECT_TRUE(hear({"READY=1\nSTATUS=up", "READY=1"}).ready);
    EXPECT_EQ(systemd.next(), "STATUS=up");
    EXPECT_EQ(systemd.next(), "(none)");
    proxy_->tell_ready();
    EXPECT_EQ(systemd.next(), "READY=1");
    hear({"RELOADING=1", "READY=1"});
    EXPECT_EQ(systemd.next(), "RELOADING=1");
    EXPECT_EQ(systemd.next(), "READY=1");
}

TEST_F(NotifyProxy, TellsTheManagerWhatTheKeeperDoes) {
    manager systemd;
    open(systemd.name());
    proxy_->tell_ready();
    proxy_->tell_stopping();
    proxy_->tell_status("waiting for 3 processes");
    EXPECT_EQ(systemd.next(), "READY=1");
    EXPECT_EQ(systemd.next(), "STOPPING=1");
    EXPECT_EQ(systemd.next(), "STATUS=waiting for 3 processes");
    EXPECT_FALSE(proxy_->waits_for_upstream());
}

TEST_F(NotifyProxy, LosesNothingWhileTheManagerIsBehind) {
    manager systemd;
    open(systemd.name());
    systemd.fill();
    speaker child([&] {
        say(address_, "READY=1\nEXTEND_TIMEOUT_USEC=7000000");
        say(address_, "STATUS=second");
    });
    ASSERT_TRUE(child.has_spoken());
    EXPECT_TRUE(take().ready);
    EXPECT_TRUE(proxy_->waits_for_upstream());
    EXPECT_FALSE(is_empty()) << "the second message stays in the queue";
    proxy_->tell_stopping();
    pollfd writable{proxy_->upstream_fd(), POLLOUT, 0};
    EXPECT_EQ(::poll(&writable, 1, 0), 0) << "nothing to wake up for";

    systemd.empty();
    ASSERT_EQ(::poll(&writable, 1, ceiling_ms), 1);
    EXPECT_EQ(proxy_->upstream_writable().extend_by, 7s);
    EXPECT_FALSE(proxy_->waits_for_upstream());
    take();
    EXPECT_EQ(systemd.next(), "STOPPING=1");
    EXPECT_EQ(systemd.next(), "READY=1\nEXTEND_TIMEOUT_USEC=7000000");
    EXPECT_EQ(systemd.next(), "STATUS=second");
}

TEST_F(NotifyProxy, AFloodIsTakenInTurns) {
    open(nullptr);
    speaker flood([&] {
        for (int i = 0; i < 200; ++i) {
            say(address_, "WATCHDOG=1");
        }
        say(address_, "READY=1");
    });
    ASSERT_TRUE(is_readable_within(proxy_->fd(), ceiling_ms));
    int turns = 0;
    while (!take().ready) {
        ++turns;
    }
    EXPECT_GE(turns, 200 / notify_proxy::per_turn);
    EXPECT_TRUE(is_empty());
}

}  // namespace
}  // namespace lastcall::init

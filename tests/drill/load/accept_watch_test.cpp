#include "drill/load/accept_watch.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <string>

#include "drill/load/loads.hpp"
#include "sys/socket/listen_queue.hpp"
#include "sys/socket/socket.hpp"

namespace lastcall::drill {
namespace {

struct place {
    const char* listens;
    const char* connects;
    const char* name;
};

class accept_watch_test : public testing::TestWithParam<place> {
protected:
    accept_watch_test()
        : listener_(sys::listen_tcp({GetParam().listens, 0}, 16)),
          at_(*sys::endpoint::parse(GetParam().connects +
                                    std::to_string(sys::local_port(listener_.get())))),
          watch_(at_) {}

    struct client {
        sys::unique_fd fd;
        moment established;
        [[nodiscard]] std::uint16_t port() const { return sys::local_port(fd.get()); }
    };

    /// Returns once it waits to be accepted, which may be later than connect(2) returns.
    [[nodiscard]] client connect() const {
        client one;
        const auto before = sys::listener_state(at_).waiting;
        one.fd.reset(::socket(at_.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
        EXPECT_EQ(::connect(one.fd.get(), at_.address(), at_.size()), 0);
        one.established = clock::now();
        EXPECT_TRUE(wait_for([&] { return sys::listener_state(at_).waiting > before; }));
        return one;
    }
    [[nodiscard]] sys::unique_fd accept() const {
        sys::unique_fd made;
        EXPECT_EQ(sys::accept_connection(listener_.get(), made), sys::accept_outcome::accepted);
        return made;
    }
    [[nodiscard]] acceptance of(const client& one) const {
        return watch_.of(one.port(), one.established);
    }
    void look() { watch_.look(clock::now()); }

    sys::unique_fd listener_;
    sys::endpoint at_;
    accept_watch watch_;
};

TEST_P(accept_watch_test, TellsTheAcceptedFromThoseThatWait) {
    ASSERT_TRUE(watch_.works());
    const auto first = connect();
    const auto second = connect();
    EXPECT_EQ(of(first), acceptance::unknown) << "nobody has looked";
    look();
    EXPECT_EQ(watch_.queue_length(), 2);
    EXPECT_EQ(of(first), acceptance::queued);
    const auto accepted = accept();
    look();
    EXPECT_EQ(watch_.queue_length(), 1);
    EXPECT_EQ(of(first), acceptance::accepted);
    EXPECT_EQ(of(second), acceptance::queued);
}

TEST_P(accept_watch_test, AnEmptyLineMeansThatAllWereAccepted) {
    const auto one = connect();
    const auto accepted = accept();
    look();
    EXPECT_EQ(watch_.queue_length(), 0);
    EXPECT_EQ(of(one), acceptance::accepted);
    const auto later = connect();
    EXPECT_EQ(of(later), acceptance::unknown) << "it came after the look";
}

TEST_P(accept_watch_test, WhoWaitedWhenTheListenerClosedWasNeverAccepted) {
    const auto one = connect();
    look();
    listener_.reset();
    char byte = 0;
    ASSERT_EQ(::recv(one.fd.get(), &byte, 1, 0), -1) << "a reset";
    EXPECT_EQ(watch_.of_ended(one.port(), one.established), acceptance::queued);
    look();
    EXPECT_EQ(watch_.queue_length(), -1);
    EXPECT_EQ(watch_.of_ended(one.port(), one.established), acceptance::queued);
}

TEST_P(accept_watch_test, WhoEndedWhileTheListenerIsThereWasAccepted) {
    const auto one = connect();
    look();
    EXPECT_EQ(of(one), acceptance::queued);
    auto accepted = accept();
    sys::reset_on_close(accepted.get());
    accepted.reset();
    EXPECT_EQ(watch_.of_ended(one.port(), one.established), acceptance::accepted);
}

TEST_P(accept_watch_test, WhoCameAfterTheLastLookStandsBehindThoseWhoWaited) {
    const auto early = connect();
    const auto taken = accept();
    look();
    const auto alone = connect();
    EXPECT_EQ(watch_.of_ended(alone.port(), alone.established), acceptance::unknown)
        << "nobody waited at the last look";
    look();
    const auto late = connect();
    EXPECT_EQ(of(late), acceptance::unknown);
    listener_.reset();
    EXPECT_EQ(watch_.of_ended(late.port(), late.established), acceptance::queued);
    EXPECT_EQ(watch_.of_ended(early.port(), early.established), acceptance::accepted);
}

TEST_P(accept_watch_test, AnOlderConnectionFromTheSamePortIsAnotherOne) {
    const auto one = connect();
    look();
    EXPECT_EQ(of(one), acceptance::queued);
    EXPECT_EQ(watch_.of(one.port(), clock::now()), acceptance::unknown);
}

TEST_P(accept_watch_test, OfAServerThatIsElsewhereNothingIsKnown) {
    listener_.reset();
    accept_watch other(at_);
    other.look(clock::now());
    EXPECT_EQ(other.queue_length(), -1);
    EXPECT_EQ(other.of(1, moment{}), acceptance::unknown);
    EXPECT_EQ(other.of_ended(1, clock::now()), acceptance::unknown);
}

INSTANTIATE_TEST_SUITE_P(AcceptWatch, accept_watch_test,
                         testing::Values(place{"127.0.0.1", "127.0.0.1:", "IPv4"},
                                         place{"::1", "[::1]:", "IPv6"},
                                         place{"", "127.0.0.1:", "IPv4AtAListenerOfIPv6"}),
                         [](const auto& which) { return std::string(which.param.name); });

}  // namespace
}  // namespace lastcall::drill

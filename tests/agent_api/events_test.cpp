// Server-sent events: every row once, in order, whatever happens.
#include <atomic>

#include "agent/api/event_reader.hpp"
#include "agent_api/api_fixture.hpp"

namespace lastcall::agent::testing {
namespace {

using namespace std::chrono_literals;

class Events : public api_fixture {
protected:
    // Waits for the first bytes of the body: from then on no row is missed.
    static bool begin(local_client& one, const std::string& target, const std::string& more = {}) {
        return one.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n" + more + "\r\n") &&
               one.until("retry: 1000");
    }

    // The numbers that have come. Chunks are taken apart by where they cannot be mistaken.
    static std::vector<int> numbers_in(const std::string& text) {
        std::vector<int> made;
        for (std::size_t at = 0; (at = text.find("\nid: ", at)) != std::string::npos; ++at) {
            made.push_back(std::atoi(text.c_str() + at + 5));
        }
        return made;
    }

    static std::vector<int> from_to(int first, int last) {
        std::vector<int> made;
        for (int i = first; i <= last; ++i) {
            made.push_back(i);
        }
        return made;
    }
};

std::string mark(std::int64_t number) { return "\"number\":" + std::to_string(number) + ","; }

TEST_F(Events, OnlyWhatIsNewComesWithoutAPosition) {
    serve();
    engine.add_row("steered");
    local_client one(options.socket);
    ASSERT_TRUE(begin(one, "/v1/events"));
    const auto number = engine.add_row("probe_changed", "web", {{"text", "two\nlines"}});
    ASSERT_TRUE(one.until(mark(number)));
    EXPECT_EQ(numbers_in(one.in), (std::vector<int>{2}));
    EXPECT_NE(one.in.find("event: probe_changed\n"), std::string::npos);
    EXPECT_NE(one.in.find("Content-Type: text/event-stream"), std::string::npos);
    EXPECT_NE(one.in.find("two\\nlines"), std::string::npos);
    const std::size_t data = one.in.find("data: ") + 6;
    const json row = json::parse(one.in.substr(data, one.in.find('\n', data) - data));
    EXPECT_EQ(described.fault_in(row, "row"), "");
}

TEST_F(Events, GoOnBehindTheLastEventIdWithoutGapsAndDoubles) {
    serve();
    for (int i = 0; i < 300; ++i) {
        engine.add_row("steered");
    }
    std::atomic<bool> enough{false};
    std::thread writer([&] {
        for (int i = 0; i < 3'000 && !enough; ++i) {
            engine.add_row("steered");
        }
    });
    std::vector<int> all;
    int last = 0;
    for (int round = 0; round < 12; ++round) {
        local_client one(options.socket);
        ASSERT_TRUE(
            begin(one, "/v1/events?after=1", "Last-Event-ID: " + std::to_string(last) + "\r\n"));
        ASSERT_TRUE(one.until("\nid: ", 5));
        const std::size_t end = one.in.rfind("\n\n");
        for (const int number : numbers_in(one.in.substr(0, end))) {
            all.push_back(number);
        }
        last = all.back();
    }
    enough = true;
    writer.join();
    EXPECT_EQ(all, from_to(1, last));
}

TEST_F(Events, AreFilteredByServiceAndKindAlsoWhileReadingOldOnes) {
    serve();
    for (int i = 0; i < 200; ++i) {
        engine.add_row(i % 2 == 0 ? "steered" : "approval", i % 3 == 0 ? "web" : "worker");
    }
    local_client one(options.socket);
    ASSERT_TRUE(begin(one, "/v1/events?after=0&service=web&kind=steered,rejection"));
    ASSERT_TRUE(one.until(mark(199)));
    engine.add_row("steered", "worker");
    engine.add_row("approval", "web");
    const auto last = engine.add_row("rejection", "web");
    ASSERT_TRUE(one.until(mark(last)));
    std::vector<int> expected;
    for (int i = 0; i < 200; i += 6) {
        expected.push_back(i + 1);
    }
    expected.push_back(static_cast<int>(last));
    EXPECT_EQ(numbers_in(one.in), expected);
}

TEST_F(Events, TwoHundredFollowersAllGetEveryRow) {
    serve();
    std::vector<std::unique_ptr<local_client>> all;
    for (int i = 0; i < 200; ++i) {
        all.push_back(std::make_unique<local_client>(options.socket));
        ASSERT_TRUE(begin(*all.back(), "/v1/events"));
    }
    for (int i = 0; i < 100; ++i) {
        engine.add_row("steered");
    }
    for (const auto& one : all) {
        ASSERT_TRUE(one->until(mark(100)));
        EXPECT_EQ(numbers_in(one->in), from_to(1, 100));
    }
    EXPECT_NE(get("/metrics").body.find("lastcall_api_followers 200\n"), std::string::npos);
}

TEST_F(Events, AFollowerThatLeavesIsForgotten) {
    serve();
    {
        local_client one(options.socket);
        ASSERT_TRUE(begin(one, "/v1/events"));
    }
    bool is_forgotten = false;
    const auto limit = std::chrono::steady_clock::now() + lastcall::testing::ceiling;
    while (!is_forgotten && std::chrono::steady_clock::now() < limit) {
        is_forgotten = get("/metrics").body.find("lastcall_api_followers 0\n") != std::string::npos;
    }
    EXPECT_TRUE(is_forgotten);
}

TEST_F(Events, AHeartbeatComesWhenNothingElseDoes) {
    options.events.heartbeat = 20ms;
    serve();
    local_client one(options.socket);
    ASSERT_TRUE(begin(one, "/v1/events"));
    EXPECT_TRUE(one.until(": still here\n\n", 3));
}

TEST_F(Events, AFollowerThatNeverReadsIsDroppedAndToldWhenItReadsAfterAll) {
    options.events.heartbeat = 50ms;
    serve();
    local_client deaf(options.socket);
    ASSERT_TRUE(begin(deaf, "/v1/events"));
    // More than the sockets hold; what it is sent at once stays one batch.
    for (int i = 0; i < 600; ++i) {
        engine.add_row("steered", "web", {{"text", std::string(4'000, 'x')}});
    }
    bool is_dropped = false;
    const auto limit = std::chrono::steady_clock::now() + lastcall::testing::ceiling;
    while (!is_dropped && std::chrono::steady_clock::now() < limit) {
        is_dropped = get("/metrics").body.find("lastcall_api_followers 0\n") != std::string::npos;
    }
    ASSERT_TRUE(is_dropped);
    ASSERT_TRUE(deaf.until("event: dropped\ndata: {\"reason\":"));
    ASSERT_TRUE(deaf.until("0\r\n\r\n"));
    const auto numbers = numbers_in(deaf.in);
    ASSERT_FALSE(numbers.empty());
    EXPECT_LT(numbers.size(), 600U);
    EXPECT_EQ(numbers, from_to(1, numbers.back())) << "what came is without gaps";
}

TEST(EventReader, TakesEventsInAnyPieces) {
    const std::string text =
        "retry: 1000\n\nid: 1\nevent: a\ndata: {}\n\n: still here\n\ndata: x\ndata: y\n\n";
    for (std::size_t size = 1; size <= text.size(); ++size) {
        event_reader reader;
        std::vector<event_reader::event> all;
        for (std::size_t at = 0; at < text.size(); at += size) {
            EXPECT_TRUE(reader.take(text.substr(at, size), [&](const event_reader::event& one) {
                all.push_back(one);
                return true;
            }));
        }
        ASSERT_EQ(all.size(), 2U);
        EXPECT_EQ(all[0].id + all[0].kind + all[0].data, "1a{}");
        EXPECT_EQ(all[1].id + all[1].kind + all[1].data, "x\ny");
    }
}

}  // namespace
}  // namespace lastcall::agent::testing

// The client's counts against the books of a server that breaks on purpose: they have to be
// equal, for every fault.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <ostream>
#include <thread>

#include "drill/load/faulty_server.hpp"
#include "drill/load/http_client.hpp"
#include "drill/load/lane.hpp"
#include "sys/socket/socket.hpp"

namespace lastcall::drill {
namespace {

using books = std::map<outcome, std::uint64_t>;

books counted(const load_log& log) {
    books made;
    for (std::size_t i = 0; i < log.exchanges.size(); ++i) {
        ++made[log.exchanges[i].result];
    }
    return made;
}

load_plan plan_for(const sys::endpoint& at) {
    load_plan plan;
    plan.target.at = at;
    plan.target.host = at.text();
    return plan;
}

std::unique_ptr<load_context> context_for(const sys::endpoint& at) {
    return std::make_unique<load_context>(plan_for(at), std::make_shared<name_pool>());
}

/// Sends `count` requests one after the other. Where the server closes without announcing
/// it, `waits_for_end` lets it wait for that end, so that no request meets it on its way.
class sequence final : public http_client {
public:
    sequence(load_context& shared, int count, bool waits_for_end)
        : http_client(shared, "test"),
          get_(shared, "GET", "/get"),
          post_(shared, "POST", "/post"),
          left_(count),
          waits_for_end_(waits_for_end) {}

    void next() {
        if (left_ > 0) {
            --left_;
            ask((left_ % 2 == 0 ? get_ : post_).next(context(), room_), clock::now());
        }
    }
    [[nodiscard]] bool over() const { return left_ == 0 && !busy(); }
    /// Whether the other end's kernel has the request that is in flight.
    [[nodiscard]] bool was_taken() const {
        return is_open() && bytes_sent() > 0 && sys::all_acknowledged(wire().fd());
    }

private:
    void tick() override {}
    void on_answer(const exchange&, bool) override {
        if (++answers_ % 3 != 0 || !waits_for_end_) {
            next();
        }
    }
    void on_lost(quiet_end) override { next(); }

    const request_text get_;
    const request_text post_;
    std::string room_;
    int left_;
    const bool waits_for_end_;
    int answers_ = 0;
};

struct fault_row {
    std::string name;
    fault what;
    bool waits_for_end = false;
    std::chrono::milliseconds patience{20'000};
};

void PrintTo(const fault_row& one, std::ostream* out) { *out << one.name; }

class HttpFault : public testing::TestWithParam<fault_row> {};

TEST_P(HttpFault, IsCountedAsTheServerCountsIt) {
    faulty_server server(GetParam().what);
    const auto context = context_for(server.at());
    context->patience = GetParam().patience;
    // One client alone knows which of its requests is every third; the others go in parallel.
    const int clients = GetParam().waits_for_end ? 1 : 4;
    std::vector<std::unique_ptr<sequence>> all;
    for (int i = 0; i < clients; ++i) {
        all.push_back(std::make_unique<sequence>(*context, 60 / clients, GetParam().waits_for_end));
        all.back()->next();
    }
    ASSERT_TRUE(context->loop.run(clock::now() + std::chrono::seconds(60), [&] {
        return std::ranges::all_of(all, [](const auto& one) { return one->over(); });
    }));
    EXPECT_EQ(counted(context->log), server.books());
    EXPECT_EQ(context->log.exchanges.size(), 60U);
    EXPECT_EQ(context->counters.in_flight, 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Table, HttpFault,
    testing::Values(
        fault_row{"None", fault::none}, fault_row{"AnnouncedClose", fault::announced_close},
        fault_row{"Status503", fault::status_503}, fault_row{"Shed503", fault::shed_503},
        fault_row{"CloseThenReset", fault::close_then_reset},
        fault_row{"Status500", fault::status_500}, fault_row{"ResetBefore", fault::reset_before},
        fault_row{"FinBefore", fault::fin_before},
        fault_row{"CutHeadByFin", fault::cut_head_by_fin},
        fault_row{"CutHeadByReset", fault::cut_head_by_reset},
        fault_row{"CutLengthByFin", fault::cut_length_by_fin},
        fault_row{"CutLengthByReset", fault::cut_length_by_reset},
        fault_row{"CutChunkByFin", fault::cut_chunk_by_fin},
        fault_row{"CutChunkByReset", fault::cut_chunk_by_reset},
        fault_row{"CutBeforeLastChunk", fault::cut_before_last_chunk},
        fault_row{"Hang", fault::hang, false, std::chrono::milliseconds(300)},
        fault_row{"HangInBody", fault::hang_in_body, false, std::chrono::milliseconds(300)},
        fault_row{"Garbage", fault::garbage}, fault_row{"LegalIdleClose", fault::idle_close, true},
        fault_row{"IdleReset", fault::idle_reset, true},
        fault_row{"Surplus", fault::surplus, false}),
    [](const auto& one) { return one.param.name; });

struct ws_row {
    std::string name;
    fault what;
};

void PrintTo(const ws_row& one, std::ostream* out) { *out << one.name; }

class WebSocketFault : public testing::TestWithParam<ws_row> {};

TEST_P(WebSocketFault, IsCountedAsTheServerCountsIt) {
    faulty_server server(GetParam().what);
    const auto context = context_for(server.at());
    lane_plan feed;
    feed.kind = lane_kind::websocket;
    feed.clients = 5;
    feed.every = std::chrono::milliseconds(100);
    feed.get = "/feed";
    auto lane = make_lane(*context, feed);
    for (auto& client : lane.clients) {
        client->begin_at(clock::now());
    }
    const std::size_t expected = GetParam().what == fault::ws_bad_proof ? 5 : 10;
    ASSERT_TRUE(context->loop.run(clock::now() + std::chrono::seconds(60), [&] {
        // One session for each client: the routes are withdrawn once all are established.
        if (context->connections_made == 5 && !context->routes_withdrawn) {
            context->routes_withdrawn = clock::now();
            for (auto& client : lane.clients) {
                client->routes_closed();
            }
        }
        return context->log.exchanges.size() >= expected &&
               std::ranges::all_of(lane.clients, [](const auto& one) { return one->finished(); });
    }));
    EXPECT_EQ(counted(context->log), server.books());
    EXPECT_EQ(context->counters.in_flight, 0U);
}

INSTANTIATE_TEST_SUITE_P(Table, WebSocketFault,
                         testing::Values(ws_row{"GoneWithoutClose", fault::ws_no_close},
                                         ws_row{"Closed1001", fault::ws_1001},
                                         ws_row{"Closed1011", fault::ws_1011},
                                         ws_row{"WrongProof", fault::ws_bad_proof}),
                         [](const auto& one) { return one.param.name; });

/// Waits, without its loop, until the end of the connection is there, and then goes on.
class late_reader final : public http_client {
public:
    explicit late_reader(load_context& shared)
        : http_client(shared, "test"), get_(shared, "GET", "/") {}

    void next() { ask(get_.next(context(), room_), clock::now()); }
    [[nodiscard]] bool over() const { return answers_ == 4; }

private:
    void tick() override {}
    void on_answer(const exchange& one, bool) override {
        ++answers_;
        if (one.result == outcome::ok && answers_ == 3) {
            while (wire().look().status != sys::io_status::end) {
                std::this_thread::yield();
            }
        }
        if (!over()) {
            next();
        }
    }

    const request_text get_;
    std::string room_;
    int answers_ = 0;
};

TEST(LegalIdleClose, IsSeenBeforeTheNextRequestIsSent) {
    faulty_server server(fault::idle_close);
    const auto context = context_for(server.at());
    late_reader one(*context);
    one.next();
    ASSERT_TRUE(
        context->loop.run(clock::now() + std::chrono::seconds(60), [&] { return one.over(); }));
    EXPECT_EQ(server.books(), (books{{outcome::ok, 3}}));
    EXPECT_EQ(counted(context->log), (books{{outcome::ok, 3}, {outcome::not_sent_closed, 1}}));
}

TEST(AcceptQueue, ThatIsDroppedWithItsListenerIsSeen) {
    sys::unique_fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto at = sys::endpoint::loopback(sys::free_port());
    ASSERT_EQ(::bind(listener.get(), at.address(), at.size()), 0);
    ASSERT_EQ(::listen(listener.get(), 8), 0);
    const auto context = context_for(at);
    sequence one(*context, 1, false);
    one.next();
    // The kernel has acknowledged the request; no process has ever seen it.
    const auto until = clock::now() + std::chrono::seconds(60);
    while (!one.was_taken() && clock::now() < until) {
        context->loop.run(clock::now() + std::chrono::milliseconds(1), [] { return false; });
    }
    ASSERT_TRUE(one.was_taken());
    ASSERT_TRUE(context->accepts.works());
    context->accepts.look(clock::now());
    listener.reset();
    ASSERT_TRUE(
        context->loop.run(clock::now() + std::chrono::seconds(60), [&] { return one.over(); }));
    EXPECT_EQ(counted(context->log), (books{{outcome::accept_dropped, 1}}));
}

TEST(ConnectFault, IsRefusedWhereNobodyListens) {
    const auto context = context_for(sys::endpoint::loopback(sys::free_port()));
    sequence one(*context, 3, false);
    one.next();
    ASSERT_TRUE(
        context->loop.run(clock::now() + std::chrono::seconds(60), [&] { return one.over(); }));
    EXPECT_EQ(counted(context->log), (books{{outcome::refused, 3}}));
}

}  // namespace
}  // namespace lastcall::drill

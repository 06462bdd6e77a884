#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <cstdio>
#include <lastcall/asio.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "adapters_http/child.hpp"

namespace lastcall::testing {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using connections = lastcall::asio::tracked_connections<tcp::socket>;

struct session : std::enable_shared_from_this<session> {
    explicit session(connections::tracked_socket s) : at(std::move(s)) {}

    void wait() {
        at.socket().async_wait(tcp::socket::wait_read,
                               [self = shared_from_this()](boost::system::error_code error) {
                                   if (!error) {
                                       self->at.begin_request();
                                       self->read();
                                   }
                               });
    }
    void read() {
        boost::asio::async_read_until(
            at.socket(), in, "\r\n\r\n",
            [self = shared_from_this()](boost::system::error_code error, std::size_t n) {
                if (!error) {
                    const std::string head(static_cast<const char*>(self->in.data().data()), n);
                    self->in.consume(n);
                    if (head.find(" /block ") != std::string::npos) {
                        std::this_thread::sleep_for(200ms);
                    }
                    self->write();
                }
            });
    }
    void write() {
        answer = std::string("HTTP/1.1 200 OK\r\n") +
                 (at.must_close() ? "Connection: close\r\n" : "") + "Content-Length: 3\r\n\r\nok\n";
        boost::asio::async_write(
            at.socket(), boost::asio::buffer(answer),
            [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                if (!error && self->at.end_request()) {
                    self->wait();
                } else if (!error) {
                    self->at.linger([self] {});
                }
            });
    }

    connections::tracked_socket at;
    boost::asio::streambuf in;
    std::string answer;
};

TEST(TrackedSockets, LoseNothingInTheListenQueueOrInTheRace) {
    child s("tracked");
    client idle(s.port);
    idle.send("GET /a HTTP/1.1\r\n\r\n");
    ASSERT_TRUE(idle.until("ok\n"));
    client blocker(s.port);
    blocker.send("GET /block HTTP/1.1\r\n\r\n");
    std::vector<std::unique_ptr<client>> all;
    for (int i = 0; i < 50; ++i) {
        all.push_back(std::make_unique<client>(s.port));
        all.back()->send("GET /q HTTP/1.1\r\n\r\n");
    }
    s.signal();
    int served = 0;
    for (const auto& c : all) {
        EXPECT_TRUE(c->to_end());
        served += c->count("200 OK");
    }
    EXPECT_EQ(served, 50);
    idle.send("GET /b HTTP/1.1\r\n\r\n");
    EXPECT_TRUE(idle.to_end());
    EXPECT_EQ(idle.count("200 OK"), 2);
    EXPECT_EQ(s.wait(), 0);
}

TEST(TrackedSockets, GiveAnIdleConnectionAFinAfterItsGrace) {
    child s("tracked");
    client idle(s.port);
    idle.send("GET /a HTTP/1.1\r\n\r\n");
    ASSERT_TRUE(idle.until("ok\n"));
    s.signal();
    EXPECT_TRUE(idle.to_end());
    idle.half_close();
    EXPECT_EQ(s.wait(), 0);
}

}  // namespace

int run_service(const std::string&) {
    lifecycle life({.service = "test", .log = [](std::string_view) {}});
    boost::asio::io_context io(1);
    auto work = boost::asio::make_work_guard(io);
    connections all(life, {.name = "http"});
    lastcall::asio::tracked_acceptor acceptor(
        life, io.get_executor(), {boost::asio::ip::address_v4::loopback(), 0}, {.uses = {"http"}},
        [&](tcp::socket s) { std::make_shared<session>(all.track(std::move(s)))->wait(); });
    std::thread loop([&] { io.run(); });
    life.ready();
    std::printf("%d\n", acceptor.local_endpoint().port());
    std::fflush(stdout);
    const int code = life.run().exit_code();
    work.reset();
    loop.join();
    return code;
}

}  // namespace lastcall::testing

int main(int argc, char** argv) {
    if (const char* scenario = std::getenv("LASTCALL_SCENARIO")) {
        return lastcall::testing::run_service(scenario);
    }
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}

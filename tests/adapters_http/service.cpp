#include <gtest/gtest.h>
#include <sys/resource.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <cstdio>
#include <lastcall/http.hpp>
#include <thread>

#include "adapters_http/child.hpp"

namespace lastcall::testing {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using http::exchange;
using http::status;

constexpr auto plain = "text/plain";

void say_port(int port) {
    std::printf("%d\n", port);
    std::fflush(stdout);
}

void later(exchange x, std::chrono::milliseconds wait) {
    auto timer = std::make_shared<boost::asio::steady_timer>(x.executor(), wait);
    auto kept = std::make_shared<exchange>(std::move(x));
    timer->async_wait([timer, kept](boost::system::error_code) {
        std::move(*kept).respond(status::ok, plain, "later\n");
    });
}

void chain(const std::shared_ptr<http::stream>& s, int left) {
    if (left == 0) {
        s->end();
        return;
    }
    s->write("x", [s, left](bool alive) {
        if (alive) {
            chain(s, left - 1);
        }
    });
}

void serve(exchange x, std::vector<std::thread>& threads, std::vector<exchange>& kept) {
    const std::string path(x.path());
    if (path == "/echo") {
        std::string body = x.request().body();
        std::move(x).respond(status::ok, plain, std::move(body));
    } else if (path == "/slow") {
        later(std::move(x), 300ms);
    } else if (path == "/soon") {
        auto kept_one = std::make_shared<exchange>(std::move(x));
        boost::asio::post(kept_one->executor(), [kept_one] {
            std::move(*kept_one).respond(status::ok, plain, std::string(20'000, 'b'));
        });
    } else if (path == "/block") {
        std::this_thread::sleep_for(200ms);
        std::move(x).respond(status::ok, plain, "blocked\n");
    } else if (path == "/thread") {
        threads.emplace_back([held = std::move(x)]() mutable {
            std::this_thread::sleep_for(100ms);
            std::move(held).respond(status::ok, plain, "thread\n");
        });
    } else if (path == "/throw") {
        throw std::runtime_error("on purpose");
    } else if (path == "/drop") {
        exchange gone(std::move(x));
    } else if (path == "/never") {
        x.name("never");
        kept.push_back(std::move(x));
    } else if (path == "/204") {
        std::move(x).respond(status::no_content, plain, std::string());
    } else if (path == "/304") {
        std::move(x).respond(status::not_modified, plain, std::string());
    } else if (path == "/split") {
        http::response r(status::ok, 11);
        r.set("X-From-Client", "a\r\nX-Evil: 1\r\n\r\nHTTP/1.1 200 OK");
        std::move(x).respond(std::move(r));
    } else if (path == "/big") {
        std::move(x).respond(status::ok, plain, std::string(64U << 20U, 'b'));
    } else if (path == "/trailer") {
        const bool merged = x.request().count("X-Admin") > 0;
        std::move(x).respond(status::ok, plain, merged ? "merged\n" : "dropped\n");
    } else if (path == "/stream") {
        chain(std::make_shared<http::stream>(std::move(x).begin_stream(status::ok, plain)), 50'000);
    } else if (path == "/abandon") {
        std::move(x).begin_stream(status::ok, plain).write("part");
    } else if (path == "/long") {
        auto* s = new http::stream(std::move(x).begin_stream(status::ok, plain));
        s->write("first");  // never ended, never given up
    } else if (x.wants_websocket()) {
        std::move(x).accept_websocket({.message = [](http::websocket self, std::string text) {
            if (text == "throw") {
                throw std::runtime_error("on purpose");
            }
            self.send(std::move(text));
        }});
    } else {
        std::move(x).respond(status::ok, plain, path + "\n");
    }
}

int serve_well(const std::string& scenario) {
    lifecycle_options life_options{.service = "test", .log = [](std::string_view) {}};
    life_options.report_file = std::getenv("TEST_REPORT");
    if (scenario == "duck") {
        life_options.duck = lame_duck{.min = 1000ms, .max = 1000ms};
    }
    lifecycle life(life_options);
    http::server_options o{.listen = "127.0.0.1:0", .threads = 1, .race_grace = 300ms};
    o.header_limit = 4096;
    if (scenario == "quick") {
        o.header_timeout = o.body_timeout = o.idle_timeout = o.write_timeout = 300ms;
        o.message_limit = 1000;
    }
    if (scenario == "tls") {
        const std::string folder = std::getenv("TEST_FOLDER");
        const std::string make =
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
            "-nodes -subj /CN=localhost -days 2 -keyout " +
            folder + "/key -out " + folder + "/cert 2>/dev/null";
        if (std::system(make.c_str()) != 0) {
            return 2;
        }
        o.tls = http::tls_options{folder + "/cert", folder + "/key"};
    }
    std::vector<std::thread> threads;
    std::vector<exchange> kept;
    int code = 0;
    {
        http::server server(life, o, [&](exchange x) { serve(std::move(x), threads, kept); });
        if (scenario == "few") {
            const rlimit limit{24, 24};
            ::setrlimit(RLIMIT_NOFILE, &limit);
        }
        life.ready();
        say_port(server.port());
        code = life.run().exit_code();
    }
    for (std::thread& t : threads) {
        t.join();
    }
    return code;
}

// A server that stops as most do: SIGTERM ends the loop, and the process.
struct null_session : std::enable_shared_from_this<null_session> {
    explicit null_session(tcp::socket s) : socket(std::move(s)), timer(socket.get_executor()) {}
    void read() {
        boost::asio::async_read_until(
            socket, in, "\r\n\r\n",
            [self = shared_from_this()](boost::system::error_code error, std::size_t n) {
                if (!error) {
                    const std::string head(static_cast<const char*>(self->in.data().data()), n);
                    self->in.consume(n);
                    self->timer.expires_after(head.find(" /slow ") != head.npos ? 300ms : 0ms);
                    if (head.find(" /block ") != head.npos) {
                        std::this_thread::sleep_for(200ms);
                    }
                    self->timer.async_wait([self](boost::system::error_code) { self->write(); });
                }
            });
    }
    void write() {
        boost::asio::async_write(
            socket, boost::asio::buffer(answer),
            [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                if (!error) {
                    self->read();
                }
            });
    }
    std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n";
    tcp::socket socket;
    boost::asio::steady_timer timer;
    boost::asio::streambuf in;
};

int serve_badly() {
    boost::asio::io_context io;
    tcp::acceptor acceptor(io, {boost::asio::ip::address_v4::loopback(), 0});
    boost::asio::signal_set signals(io, SIGTERM, SIGINT);
    signals.async_wait([&](boost::system::error_code, int) { io.stop(); });
    std::function<void()> accept = [&] {
        acceptor.async_accept([&](boost::system::error_code error, tcp::socket s) {
            if (!error) {
                std::make_shared<null_session>(std::move(s))->read();
                accept();
            }
        });
    };
    accept();
    say_port(acceptor.local_endpoint().port());
    io.run();
    return 0;
}

}  // namespace

int run_service(const std::string& scenario) {
    return scenario == "null" ? serve_badly() : serve_well(scenario);
}

}  // namespace lastcall::testing

int main(int argc, char** argv) {
    if (const char* scenario = std::getenv("LASTCALL_SCENARIO")) {
        return lastcall::testing::run_service(scenario);
    }
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}

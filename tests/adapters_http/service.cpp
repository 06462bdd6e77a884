#include <gtest/gtest.h>
#include <sys/resource.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdio>
#include <lastcall/http.hpp>
#include <thread>

#include "adapters_http/certificate.hpp"
#include "adapters_http/child.hpp"
#include "adapters_http/service_side.hpp"

namespace lastcall::testing {
namespace {

using namespace std::chrono_literals;
using http::exchange;
using http::status;

constexpr auto plain = "text/plain";

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

// What outlives a request. All but the threads belongs to the one event loop.
struct memory {
    std::vector<std::thread> threads;
    std::vector<exchange> kept;
    std::vector<http::stream> open_streams;
    bool enough = false;  ///< the streams that tick may end
};

// Ticks until it is enough, or the client is gone.
struct ticker : std::enable_shared_from_this<ticker> {
    ticker(boost::asio::any_io_executor on, http::stream s, const memory& m)
        : timer(std::move(on)), out(std::move(s)), has(m) {}
    void tick() {
        if (has.enough) {
            out.write("last\n");
            out.end();
            return;
        }
        out.write("tick\n", [self = shared_from_this()](bool is_alive) {
            if (is_alive) {
                self->timer.expires_after(20ms);
                self->timer.async_wait([self](boost::system::error_code) { self->tick(); });
            }
        });
    }
    boost::asio::steady_timer timer;
    http::stream out;
    const memory& has;
};

void answer(exchange x, memory& has) {
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
        has.threads.emplace_back([held = std::move(x)]() mutable {
            std::this_thread::sleep_for(100ms);
            std::move(held).respond(status::ok, plain, "thread\n");
        });
    } else if (path == "/throw") {
        throw std::runtime_error("on purpose");
    } else if (path == "/drop") {
        exchange gone(std::move(x));
    } else if (path == "/never") {
        x.name("never");
        has.kept.push_back(std::move(x));
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
        has.open_streams.push_back(std::move(x).begin_stream(status::ok, plain));
        has.open_streams.back().write("first");
    } else if (path == "/ticks") {
        const auto on = x.executor();
        std::make_shared<ticker>(on, std::move(x).begin_stream(status::ok, plain), has)->tick();
    } else if (path == "/enough") {
        has.enough = true;
        std::move(x).respond(status::ok, plain, "ends\n");
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

int serve(const std::string& scenario, bool is_null) {
    lifecycle_options life_options{.service = "test", .log = say};
    life_options.report_file = std::getenv("TEST_REPORT");
    if (scenario == "duck") {
        life_options.duck = lame_duck{.min = 1000ms, .max = 1000ms};
    }
    lifecycle life(life_options);
    http::server_options o{.listen = "127.0.0.1:0", .threads = 1, .race_grace = 300ms};
    o.header_limit = 4096;
    o.websocket_close = 500ms;
    if (scenario == "quick") {
        o.header_timeout = o.body_timeout = o.idle_timeout = o.write_timeout = 300ms;
        o.message_limit = 1000;
    }
    if (scenario.ends_with("patient")) {
        o.race_grace = 2000ms;
    }
    if (scenario.starts_with("tls")) {
        const std::string folder = std::getenv("TEST_FOLDER");
        const certificate_files files = make_certificate(folder);
        o.tls = http::tls_options{files.certificate, files.key};
    }
    memory has;
    int code = 0;
    {
        http::server server(life, o, [&](exchange x) { answer(std::move(x), has); });
        if (scenario == "few") {
            const rlimit limit{24, 24};
            ::setrlimit(RLIMIT_NOFILE, &limit);
        }
        life.ready();
        if (is_null) {
            drain_nothing();
        }
        say(std::to_string(server.port()));
        code = life.run().exit_code();
    }
    for (std::thread& t : has.threads) {
        t.join();
    }
    return code;
}

}  // namespace

int run_service(const std::string& scenario) {
    std::string name = scenario;
    const bool is_null = take_null(name);
    return serve(name, is_null);
}

}  // namespace lastcall::testing

int main(int argc, char** argv) {
    if (const char* scenario = std::getenv("LASTCALL_SCENARIO")) {
        return lastcall::testing::run_service(scenario);
    }
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}

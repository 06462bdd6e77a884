// A service with a session loop of its own, as the header expects one.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <lastcall/asio.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "adapters_http/child.hpp"
#include "adapters_http/service_side.hpp"

namespace lastcall::testing {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using connections = lastcall::asio::tracked_connections<tcp::socket>;

struct session;

// All but the threads belongs to the executor of the sockets.
struct memory {
    std::stop_token stopping;
    std::vector<std::shared_ptr<session>> held;
    std::vector<tcp::socket> late;  ///< accepted, and not tracked yet
    std::function<void()> track_late;
    std::vector<std::thread> threads;
};

struct session : std::enable_shared_from_this<session> {
    session(connections::tracked_socket s, memory& m) : at(std::move(s)), has(m) {}

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
                    self->path = head.substr(4, head.find(' ', 4) - 4);
                    self->serve();
                }
            });
    }

    void serve() {
        if (path == "/block") {
            std::this_thread::sleep_for(200ms);
        } else if (path == "/hold") {
            hold();
            return;
        } else if (path == "/hold-decided") {
            decide();
            hold();
            return;
        } else if (path == "/release") {
            for (const auto& other : std::exchange(has.held, {})) {
                other->write();
            }
            has.track_late();
        } else if (path == "/elsewhere") {
            answer_elsewhere();
            return;
        }
        write();
    }

    void hold() {
        has.held.push_back(shared_from_this());
        say("held");
    }

    // Another thread has the request, and is done with it only when the service stops.
    void answer_elsewhere() {
        has.threads.emplace_back([self = shared_from_this(), stopping = has.stopping]() mutable {
            std::mutex mutex;
            std::unique_lock lock(mutex);
            std::condition_variable_any().wait(lock, stopping, [] { return false; });
            const auto on = self->at.socket().get_executor();
            boost::asio::post(on, [moved = std::move(self)] { moved->write(); });
        });
    }

    void decide() { answer = at.must_close() ? "Connection: close\r\n" : "X-Stays: 1\r\n"; }

    void write() {
        if (answer.empty()) {
            decide();
        }
        answer = "HTTP/1.1 200 OK\r\n" + answer + "\r\n" + path + "\n";
        boost::asio::async_write(
            at.socket(), boost::asio::buffer(answer),
            [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                self->answer.clear();
                if (!error && self->at.end_request()) {
                    self->wait();
                } else if (!error) {
                    self->at.linger([self] {});
                }
            });
    }

    connections::tracked_socket at;
    memory& has;
    boost::asio::streambuf in;
    std::string path;
    std::string answer;
};

int serve(const std::string& scenario, bool is_null) {
    lifecycle_options life_options{.service = "test", .log = say};
    life_options.report_file = std::getenv("TEST_REPORT");
    if (scenario == "duck") {
        life_options.duck = lame_duck{.min = 1000ms, .max = 1000ms};
    }
    if (scenario == "quiet") {
        life_options.duck = lame_duck{.min = 0ms, .max = 60s, .quiet = 700ms};
    }
    lifecycle life(life_options);
    boost::asio::io_context io;
    memory has;
    has.stopping = life.stopping();
    auto work = boost::asio::make_work_guard(io);
    std::vector<std::thread> loops;
    int code = 0;
    {
        connections all(life, {.name = "http",
                               .race_grace = scenario == "patient" ? 2000ms : 500ms,
                               .linger = 500ms});
        has.track_late = [&] {
            for (tcp::socket& s : std::exchange(has.late, {})) {
                std::make_shared<session>(all.track(std::move(s)), has)->wait();
            }
        };
        lastcall::asio::tracked_acceptor acceptor(
            life, boost::asio::make_strand(io), {boost::asio::ip::address_v4::loopback(), 0},
            {.uses = {"http"}}, [&](tcp::socket s) {
                if (scenario == "late" && all.count() > 0) {
                    has.late.push_back(std::move(s));
                    say("late");
                    return;
                }
                std::make_shared<session>(all.track(std::move(s)), has)->wait();
            });
        for (int i = 0; i < (scenario == "threads" ? 3 : 1); ++i) {
            loops.emplace_back([&] { io.run(); });
        }
        if (scenario == "few") {
            const rlimit limit{24, 24};
            ::setrlimit(RLIMIT_NOFILE, &limit);
        }
        life.ready();
        if (is_null) {
            drain_nothing();
        }
        say(std::to_string(acceptor.local_endpoint().port()));
        code = life.run().exit_code();
    }  // the header asks for no more than this: the loops still run
    work.reset();
    for (std::thread& t : loops) {
        t.join();
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

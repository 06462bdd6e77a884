#include "adapters/http/io_loop.hpp"

#include <boost/asio/post.hpp>

#include "adapters/http/connection.hpp"
#include "sys/process/process.hpp"

namespace lastcall::http {

using namespace std::chrono_literals;

namespace {

constexpr auto no_limit = io_loop::clock::duration::max();

// How long a connection that was idle is read after its FIN: two round trips and more.
// What comes later was sent by a client that had the FIN; the last response has long been
// acknowledged, so RFC 9112, section 9.6, asks for no more.
constexpr auto parting_time = 10ms;
constexpr auto parting_far_time = 500ms;

// Outside a drain, limits are looked at no more often than this.
constexpr auto granularity = 100ms;

}  // namespace

io_loop::io_loop(server_shared& s) : shared(s) {}

io_loop::~io_loop() { stop(); }

void io_loop::start(const std::string& thread_name) {
    thread_ = std::thread([this, thread_name] {
        sys::name_this_thread(thread_name.c_str());
        context.run();
    });
}

void io_loop::request_stop() noexcept {
    boost::asio::post(context, [this] {
        cut_all([](std::string_view) {});
        timer_.cancel();
        context.stop();
    });
}

void io_loop::stop() noexcept {
    if (thread_.joinable()) {
        request_stop();
        thread_.join();
        // Operations that were aborted hold their connections, and those hold the context.
        context.restart();
        context.poll();
        context.stop();
    }
}

void io_loop::adopt(sys::unique_fd fd) {
    boost::asio::post(
        context, [this, fd = std::move(fd)]() mutable { connection::start(*this, std::move(fd)); });
}

void io_loop::begin_drain() {
    boost::asio::post(context, [this] {
        draining_ = true;
        drain_start_ = clock::now();
        // A WebSocket moves to another list as it closes.
        std::vector<std::shared_ptr<connection>> websockets;
        for (listed& c : lists_[static_cast<std::size_t>(phase::websocket)]) {
            websockets.push_back(static_cast<connection&>(c).shared_from_this());
        }
        for (const auto& c : websockets) {
            c->say_going_away();
        }
        std::vector<std::shared_ptr<connection>> busy;
        for (const phase p : {phase::handling, phase::writing}) {
            for (listed& c : lists_[static_cast<std::size_t>(p)]) {
                busy.push_back(static_cast<connection&>(c).shared_from_this());
            }
        }
        for (const auto& c : busy) {
            c->end_endless();
        }
        look_at_time();
    });
}

void io_loop::cut_all(const std::function<void(std::string_view)>& name) {
    std::vector<std::shared_ptr<connection>> all;
    for (list& l : lists_) {
        for (listed& c : l) {
            all.push_back(static_cast<connection&>(c).shared_from_this());
        }
    }
    for (const auto& c : all) {
        if (const std::string what = c->describe(); !what.empty()) {
            name(what);
        }
        c->cut();
    }
}

void io_loop::move(listed& c, phase to) {
    if (c.is_linked()) {
        c.unlink();
    }
    c.at = to;
    if (to == phase::closed) {
        return;
    }
    c.since = clock::now();
    lists_[static_cast<std::size_t>(to)].push_back(c);
    if (const auto deadline = deadline_of(c); deadline < armed_for_) {
        arm(draining_ ? deadline : std::max(deadline, c.since + granularity));
    }
}

io_loop::clock::duration io_loop::limit_of(phase p) const noexcept {
    const server_options& o = shared.options;
    switch (p) {
        case phase::idle:
            return draining_ ? o.race_grace : o.idle_timeout;
        case phase::header:
            return o.header_timeout;
        case phase::body:
            return o.body_timeout;
        case phase::writing:
            return o.write_timeout;
        case phase::lingering:
            return o.linger;
        case phase::parting:
            return parting_time;
        case phase::parting_far:
            return parting_far_time;
        case phase::handling:
        case phase::websocket:
        case phase::closed:
            break;
    }
    return no_limit;
}

// In a drain, an idle connection's race grace begins with the drain. The lists stay
// ordered by deadline: each is ordered by `since`.
io_loop::clock::time_point io_loop::deadline_of(const listed& c) const noexcept {
    const clock::duration limit = limit_of(c.at);
    if (limit == no_limit) {
        return clock::time_point::max();
    }
    const bool from_drain = draining_ && c.at == phase::idle;
    return (from_drain ? std::max(c.since, drain_start_) : c.since) + limit;
}

void io_loop::look_at_time() {
    armed_for_ = clock::time_point::max();
    auto next = clock::time_point::max();
    const auto now = clock::now();
    for (list& l : lists_) {
        while (!l.empty()) {
            const clock::time_point deadline = deadline_of(l.front());
            if (deadline > now) {
                next = std::min(next, deadline);
                break;
            }
            static_cast<connection&>(l.front()).shared_from_this()->timed_out();
        }
    }
    if (next != clock::time_point::max()) {
        arm(draining_ ? next : std::max(next, now + granularity));
    }
}

void io_loop::arm(clock::time_point at) {
    if (at >= armed_for_) {
        return;
    }
    armed_for_ = at;
    timer_.expires_at(at);
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error) {
            look_at_time();
        }
    });
}

}  // namespace lastcall::http

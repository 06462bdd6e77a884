// One event loop and the connections on it. Everything here belongs to its one thread,
// except where said otherwise.
#pragma once

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <functional>
#include <string>
#include <thread>

#include <lastcall/http.hpp>

#include "adapters/http/tls.hpp"
#include "sys/fd.hpp"

namespace lastcall::http {

/// What a connection is doing; each has its own limit in time.
enum class phase : unsigned char {
    idle,         ///< waits for the first byte of a request
    header,       ///< part of a header has come
    body,         ///< part of a body has come
    handling,     ///< the application has the exchange; no limit
    writing,      ///< the client has not taken everything yet
    lingering,    ///< answered, FIN sent, reads on until the client closes
    parting,      ///< was idle, FIN sent
    parting_far,  ///< the same, to a client whose packets take their time
    websocket,    ///< Beast has it
    closed,
};
inline constexpr std::size_t phase_count = 9;

/// What all loops of a server share; constant or thread-safe.
struct server_shared {
    server_shared(lifecycle& l, server_options o, server::handler h)
        : life(l), options(std::move(o)), handle(std::move(h)), gate(options.name) {}

    lifecycle& life;
    server_options options;
    server::handler handle;
    lastcall::gate gate;
    ssl_context tls;
    bool is_local = false;  ///< a unix socket
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> open{0};
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::uint64_t> websockets{0};
    /// Called on any loop when the last open connection has gone.
    std::function<void()> all_gone = [] {};

    /// From the first moment of a stop: responses carry `Connection: close`.
    [[nodiscard]] bool is_ending() const noexcept { return life.state() >= state::lame_duck; }
};

using list_hook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/// A connection as the loop's lists see it.
class listed : public list_hook {
public:
    phase at = phase::closed;
    std::chrono::steady_clock::time_point since{};

protected:
    ~listed() = default;
};

class io_loop {
public:
    using clock = std::chrono::steady_clock;

    explicit io_loop(server_shared& shared);
    ~io_loop();
    io_loop(const io_loop&) = delete;
    io_loop& operator=(const io_loop&) = delete;

    /// Threads: any.
    void start(const std::string& thread_name);
    void request_stop() noexcept;
    void stop() noexcept;
    void adopt(sys::unique_fd fd);

    /// From now on idle connections have the race grace, and are then closed.
    void begin_drain();

    /// Cuts every connection. Calls `name(text)` for each that was not idle.
    void cut_all(const std::function<void(std::string_view)>& name);

    [[nodiscard]] bool is_draining() const noexcept { return draining_; }

    /// Puts a connection into the list of its new phase.
    void move(listed& connection, phase to);

    server_shared& shared;
    /// Shared with whatever the application may keep longer than the server.
    const std::shared_ptr<boost::asio::io_context> kept =
        std::make_shared<boost::asio::io_context>(1);
    boost::asio::io_context& context = *kept;
    std::array<char, 64 * 1024> scratch;  ///< whatever is read first lands here
    std::string head;                     ///< the response that is being written

private:
    using list = boost::intrusive::list<listed, boost::intrusive::constant_time_size<false>>;

    [[nodiscard]] clock::duration limit_of(phase p) const noexcept;
    [[nodiscard]] clock::time_point deadline_of(const listed& c) const noexcept;
    void look_at_time();
    void arm(clock::time_point at);

    std::array<list, phase_count> lists_;
    bool draining_ = false;
    clock::time_point drain_start_{};
    boost::asio::steady_timer timer_{context};
    clock::time_point armed_for_ = clock::time_point::max();
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
        context.get_executor()};
    std::thread thread_;
};

}  // namespace lastcall::http

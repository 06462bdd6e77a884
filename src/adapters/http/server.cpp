#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <charconv>
#include <mutex>

#include "adapters/http/io_loop.hpp"
#include "sys/socket/socket.hpp"
#include "sys/socket/unix_listener.hpp"

namespace lastcall::http {

using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

// Where connections came lately, handshakes may be under way when the listener closes.
// They get this long to complete, while new ones are dropped.
constexpr auto settle_time = 5ms;
constexpr auto lately = 100ms;

// After running out of descriptors, accepting pauses instead of spinning.
constexpr auto breather = 100ms;

// Of the names of connections that were cut, in bytes.
constexpr std::size_t longest_cut_list = 1'000;

void check(const server_options& o) {
    if (o.header_limit < 512 || o.header_limit > 64 * 1024) {
        throw std::invalid_argument("header_limit: " + std::to_string(o.header_limit) +
                                    " bytes; it takes 512 to 65536");
    }
    for (const auto limit : {o.header_timeout, o.body_timeout, o.idle_timeout, o.write_timeout,
                             o.linger, o.websocket_close}) {
        if (limit <= 0ms) {
            throw std::invalid_argument("a timeout of the HTTP server must be above zero");
        }
    }
    if (o.race_grace < 0ms || o.loop_limit < 0ms || o.listen_again < 0ms) {
        throw std::invalid_argument("race_grace, loop_limit and listen_again must not be negative");
    }
}

}  // namespace

class server::impl {
public:
    impl(lifecycle& life, server_options options, handler handle);
    ~impl();

    void drain(const stop_context& context, completion done);
    void close();
    void force();

    server_shared shared_;
    std::atomic<std::uint16_t> port_{0};

private:
    using clock = std::chrono::steady_clock;

    io_loop& first() { return *loops_.front(); }
    void wait_for_connections();
    void listen_or_tell();
    void listen_later();
    [[nodiscard]] bool accept_all();
    void pause_accepting();
    void start();
    void settle_then_close_listener();
    void close_listener();
    sys::unique_fd open_listener();
    void remove_file() noexcept;
    void begin_drain_of_loops();
    void finish_if_empty();
    void wait_for_gate();
    void report_end();
    void note_cut(std::string_view what);
    void watch_loops(lastcall::health& health);

    std::vector<std::unique_ptr<io_loop>> loops_;
    std::vector<std::string> watched_;
    std::size_t next_loop_ = 0;
    // All of these belong to the first loop.
    std::optional<asio::posix::stream_descriptor> listener_;
    bool shares_listener_ = false;
    std::string why_not_listening_;
    sys::socket_file file_;  ///< of a unix socket
    asio::steady_timer timer_;
    clock::time_point last_accept_{};
    std::optional<asio::posix::stream_descriptor> gate_event_;  ///< lent by the gate
    std::optional<completion> done_;
    std::atomic<bool> listener_closed_{false};
    std::atomic<bool> forced_{false};
    std::mutex cut_mutex_;  ///< guards the two below: loops are forced in parallel
    std::optional<stop_context> context_;
    std::string cut_;
};

server::impl::impl(lifecycle& life, server_options options, handler handle)
    : shared_((check(options), life), std::move(options), std::move(handle)),
      loops_([this] {
          std::vector<std::unique_ptr<io_loop>> made;
          const unsigned wanted = shared_.options.threads;
          const unsigned count =
              wanted != 0 ? wanted : std::max(1U, std::thread::hardware_concurrency());
          for (unsigned i = 0; i < count; ++i) {
              made.push_back(std::make_unique<io_loop>(shared_));
          }
          return made;
      }()),
      timer_(first().context) {
    if (shared_.options.tls) {
        shared_.tls = make_ssl_context(*shared_.options.tls);
    }
    listen_or_tell();
    shared_.all_gone = [this] { asio::post(first().context, [this] { finish_if_empty(); }); };

    component part;
    part.name = shared_.options.name;
    part.uses = shared_.options.uses;
    part.drain = [this](const stop_context& context, completion done) {
        drain(context, std::move(done));
    };
    part.close = [this] { close(); };
    part.force = [this] { force(); };
    part.drain_share = shared_.options.drain_share;
    // Added last: after an error the lifecycle knows nothing of this object.
    try {
        start();
        watch_loops(life.health());
        life.add(std::move(part));
    } catch (...) {
        close();
        throw;
    }
    asio::post(first().context, [this] { wait_for_connections(); });
}

sys::unique_fd server::impl::open_listener() {
    constexpr std::string_view handed_in = "fd:";
    constexpr std::string_view local = "unix:";
    const std::string& listen = shared_.options.listen;
    if (listen.starts_with(local)) {
        shared_.is_local = true;
        return sys::listen_unix(listen.substr(local.size()), shared_.options.backlog, file_);
    }
    if (!listen.starts_with(handed_in)) {
        return sys::listen_tcp(sys::parse_listen_address(listen), shared_.options.backlog);
    }
    int number = -1;
    const auto* const end = listen.data() + listen.size();
    const auto [at, error] = std::from_chars(listen.data() + handed_in.size(), end, number);
    if (error != std::errc{} || at != end || number < 3) {
        throw std::invalid_argument("\"" + listen + "\" names no descriptor from 3 up; write fd:3");
    }
    shares_listener_ = true;
    return sys::take_listener(number);
}

// Once: the next file there may have the same inode number.
void server::impl::remove_file() noexcept { sys::remove_socket_file(std::exchange(file_, {})); }

void server::impl::start() {
    for (std::size_t i = 0; i < loops_.size(); ++i) {
        loops_[i]->start(shared_.options.name + "/" + std::to_string(i));
    }
}

server::impl::~impl() { close(); }

void server::impl::watch_loops(lastcall::health& health) {
    if (shared_.options.loop_limit == 0ms) {
        return;
    }
    for (std::size_t i = 0; i < loops_.size(); ++i) {
        watched_.push_back(shared_.options.name + "/" + std::to_string(i));
        health.watch_loop(watched_.back(), shared_.options.loop_limit,
                          [loop = loops_[i].get()](std::function<void()> task) {
                              asio::post(loop->context, std::move(task));
                          });
    }
}

// ---- accepting --------------------------------------------------------------

void server::impl::listen_or_tell() {
    std::string why_not;
    try {
        sys::unique_fd fd = open_listener();
        port_ = shared_.is_local ? 0 : sys::local_port(fd.get());
        listener_.emplace(first().context, fd.get());
        static_cast<void>(fd.release());
    } catch (const std::system_error& e) {
        if (shared_.options.listen_again == 0ms) {
            throw;
        }
        why_not = e.what();
    }
    if (std::exchange(why_not_listening_, why_not) != why_not && shared_.options.listening) {
        shared_.options.listening(why_not);
    }
}

void server::impl::listen_later() {
    timer_.expires_after(shared_.options.listen_again);
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error && !listener_closed_.load()) {
            listen_or_tell();
            wait_for_connections();
        }
    });
}

void server::impl::wait_for_connections() {
    if (!listener_ && !why_not_listening_.empty()) {
        listen_later();
    }
    if (listener_) {
        listener_->async_wait(asio::posix::descriptor_base::wait_read,
                              [this](boost::system::error_code error) {
                                  if (error) {
                                      return;
                                  }
                                  if (accept_all()) {
                                      wait_for_connections();
                                  } else {
                                      pause_accepting();
                                  }
                              });
    }
}

// Returns: false when there is no descriptor for what waits. The listener stays readable
// then: whoever waits for that at once spins.
bool server::impl::accept_all() {
    sys::unique_fd fd;
    while (listener_) {
        switch (sys::accept_connection(listener_->native_handle(), fd)) {
            case sys::accept_outcome::accepted:
                shared_.accepted.fetch_add(1, std::memory_order_relaxed);
                shared_.open.fetch_add(1);
                shared_.life.note_arrival();
                last_accept_ = clock::now();
                loops_[next_loop_]->adopt(std::move(fd));
                next_loop_ = (next_loop_ + 1) % loops_.size();
                break;
            case sys::accept_outcome::none_waiting:
                return true;
            case sys::accept_outcome::no_descriptors:
            case sys::accept_outcome::failed:
                return false;
        }
    }
    return true;
}

void server::impl::pause_accepting() {
    timer_.expires_after(breather);
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error) {
            wait_for_connections();
        }
    });
}

// ---- draining ---------------------------------------------------------------

void server::impl::drain(const stop_context& context, completion done) {
    asio::post(first().context, [this, context, done = std::move(done)]() mutable {
        {
            const std::lock_guard lock(cut_mutex_);
            context_ = context;
        }
        done_.emplace(std::move(done));
        settle_then_close_listener();
    });
}

// What has reached the listen queue was accepted by the kernel on our behalf: closing the
// listener would reset it. So the queue is emptied first; and where connections were
// coming in, new handshakes are kept out until those under way have arrived.
// The file of a unix socket is removed first: then no new connection can begin.
void server::impl::settle_then_close_listener() {
    remove_file();
    const bool all_accepted = accept_all();
    // A listener that others share goes on without us: what is not accepted waits for them.
    const bool busy = !shares_listener_ && clock::now() - last_accept_ < lately;
    const auto keeps_out = [this] {
        return shared_.is_local || sys::drop_new_handshakes(listener_->native_handle());
    };
    if (all_accepted && (!busy || !keeps_out())) {
        close_listener();
        return;
    }
    begin_drain_of_loops();
    timer_.expires_after(settle_time);
    timer_.async_wait([this](boost::system::error_code) { close_listener(); });
}

void server::impl::close_listener() {
    if (!accept_all() && !forced_.load()) {
        // Connections that end as they drain give back the descriptors that are missing.
        timer_.expires_after(breather);
        timer_.async_wait([this](boost::system::error_code) { close_listener(); });
        return;
    }
    if (listener_) {
        boost::system::error_code ignored;
        listener_->close(ignored);
        listener_.reset();
    }
    listener_closed_.store(true);
    begin_drain_of_loops();
    finish_if_empty();
}

void server::impl::begin_drain_of_loops() {
    for (const auto& loop : loops_) {
        loop->begin_drain();
    }
}

void server::impl::finish_if_empty() {
    if (done_ && listener_closed_.load() && shared_.open.load() == 0 && !gate_event_) {
        shared_.gate.close();
        wait_for_gate();
    }
}

// Every connection has gone; an application thread may still hold an exchange.
void server::impl::wait_for_gate() {
    gate_event_.emplace(first().context, shared_.gate.event_fd());
    gate_event_->async_wait(asio::posix::descriptor_base::wait_read,
                            [this](boost::system::error_code error) {
                                if (!error && done_) {
                                    report_end();
                                }
                            });
}

// Who was cut is the error of the step, so that the report names it.
void server::impl::report_end() {
    std::string cut;
    {
        const std::lock_guard lock(cut_mutex_);
        cut.swap(cut_);
    }
    (*done_)(cut.empty() ? nullptr : std::make_exception_ptr(std::runtime_error("cut " + cut)));
    done_.reset();
}

void server::impl::note_cut(std::string_view what) {
    const std::lock_guard lock(cut_mutex_);
    if (context_) {
        context_->progress("cut " + std::string(what));
    }
    if (cut_.size() < longest_cut_list) {
        cut_.append(cut_.empty() ? "" : ", ").append(what);
    } else if (!cut_.ends_with("...")) {
        cut_ += ", ...";
    }
}

void server::impl::force() {
    forced_.store(true);
    for (const auto& loop : loops_) {
        asio::post(loop->context, [this, l = loop.get()] {
            l->cut_all([this](std::string_view what) { note_cut(what); });
        });
    }
}

void server::impl::close() {
    for (const std::string& name : watched_) {
        shared_.life.health().unwatch_loop(name);
    }
    watched_.clear();
    for (const auto& loop : loops_) {
        loop->request_stop();  // all at once; then each is waited for
    }
    for (const auto& loop : loops_) {
        loop->stop();
    }
    if (gate_event_) {
        gate_event_->release();
        gate_event_.reset();
    }
    remove_file();
    listener_.reset();
}

server::server(lifecycle& life, server_options options, handler handle)
    : impl_(std::make_unique<impl>(life, std::move(options), std::move(handle))) {}

server::~server() = default;

std::uint16_t server::port() const noexcept { return impl_->port_; }

server_counts server::counts() const noexcept {
    const server_shared& s = impl_->shared_;
    return {s.accepted.load(), s.open.load(), s.requests.load(), s.refused.load(),
            s.websockets.load()};
}

}  // namespace lastcall::http

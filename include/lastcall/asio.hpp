// For those who have their own Asio or Beast session loop: an acceptor and a set of
// connections that take part in a stop. Header only; the one library is Boost.Asio.
//
// `tracked_acceptor` takes what waits in the listen queue before it closes the listener.
// `tracked_connections` knows every connection and whether it is busy; in a drain it lets
// idle ones have their race grace, then half-closes them and reads on (RFC 9112, section
// 9.6). Your loop says when a request begins and ends; the rest is done for it.
//
//   lastcall::asio::tracked_connections<tcp::socket> connections(life, {.name = "http"});
//   lastcall::asio::tracked_acceptor acceptor(life, io, endpoint, {.uses = {"http"}}, on_accept);
//
// For a complete server see http.hpp.
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <lastcall/lifecycle.hpp>

namespace lastcall::asio {

struct acceptor_options {
    std::string name = "acceptor";
    uses_list uses = {};  ///< must have the component that serves: it drains after this one
    int backlog = 4096;
};

/// Accepts until the stop drains, then once more everything that waits, then closes.
///
/// Threads:  its callbacks run on the executor of `io`; with several threads in `io`, give
///           it a strand.
/// Lifetime: must outlive the `run` of its lifecycle, and `io` must run until it closed.
class tracked_acceptor {
public:
    using socket = boost::asio::ip::tcp::socket;
    using on_accept = std::function<void(socket)>;

    /// Binds, listens, adds itself to `life`, and begins to accept.
    /// Errors: boost::system::system_error (address in use, no descriptor); as
    ///         `lifecycle::add`. Nothing listens then.
    tracked_acceptor(lifecycle& life, boost::asio::any_io_executor io,
                     const boost::asio::ip::tcp::endpoint& at, acceptor_options options,
                     on_accept accepted)
        : life_(life), acceptor_(io), breather_(io), accepted_(std::move(accepted)) {
        acceptor_.open(at.protocol());
        acceptor_.set_option(boost::asio::socket_base::reuse_address(true));
        acceptor_.bind(at);
        acceptor_.listen(options.backlog);
        component part;
        part.name = options.name;
        part.uses = options.uses;
        part.drain = [this](const stop_context&, completion done) {
            boost::asio::post(acceptor_.get_executor(), [this, done = std::move(done)]() mutable {
                done_ = std::make_shared<completion>(std::move(done));
                drain();
            });
        };
        part.force = [this] {
            boost::asio::post(acceptor_.get_executor(), [this, finished = finished_] {
                if (!*finished) {
                    forced_ = true;
                    breather_.cancel();
                }
            });
        };
        life.add(std::move(part));
        accept();
    }
    tracked_acceptor(const tracked_acceptor&) = delete;
    tracked_acceptor& operator=(const tracked_acceptor&) = delete;

    [[nodiscard]] boost::asio::ip::tcp::endpoint local_endpoint() const {
        return acceptor_.local_endpoint();
    }

private:
    void accept() {
        pending_ = true;
        acceptor_.async_accept([this](boost::system::error_code error, socket s) {
            pending_ = false;
            if (!error) {
                life_.note_arrival();
                accepted_(std::move(s));
            }
            go_on(error);
        });
    }

    // Out of descriptors, the listener stays readable: accepting again at once would spin.
    void go_on(boost::system::error_code error) {
        if (!acceptor_.is_open()) {
            finish();
        } else if (!error) {
            accept();
        } else {
            pending_ = true;
            breather_.expires_after(pause);
            breather_.async_wait([this](boost::system::error_code) {
                pending_ = false;
                done_ ? drain() : accept();
            });
        }
    }

    // The kernel has accepted what is in the queue on our behalf; closing would reset it.
    void drain() {
        boost::system::error_code error;
        acceptor_.non_blocking(true, error);
        while (!error) {
            socket s(acceptor_.get_executor());
            acceptor_.accept(s, error);
            if (!error) {
                accepted_(std::move(s));
            }
        }
        if (error != boost::asio::error::would_block && error != boost::asio::error::try_again &&
            !forced_) {
            if (!pending_) {
                go_on(error);  // connections that end give back what is missing
            }
            return;
        }
        acceptor_.close(error);
        breather_.cancel();
        if (!pending_) {
            finish();
        }
    }

    // Not before the last callback has run: this object may be destroyed then.
    void finish() {
        if (done_) {
            const auto done = std::exchange(done_, nullptr);
            *finished_ = true;
            (*done)();
        }
    }

    static constexpr std::chrono::milliseconds pause{100};

    lifecycle& life_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer breather_;
    on_accept accepted_;
    std::shared_ptr<completion> done_;
    bool pending_ = false;  ///< an accept or a pause; there is one at most
    bool forced_ = false;
    /// Outlives this object in a `force` that comes too late.
    const std::shared_ptr<bool> finished_ = std::make_shared<bool>(false);
};

struct connections_options {
    std::string name = "connections";
    uses_list uses = {};
    std::chrono::milliseconds race_grace{500};  ///< for the request that may be on its way
    std::chrono::milliseconds linger{1'000};    ///< for reading on after the FIN
    share drain_share = {.minimum = std::chrono::milliseconds{0}, .weight = 8.0};
};

/// Every connection of a session loop, as one component.
///
/// Socket:   boost::asio::ip::tcp::socket, or what has its `shutdown`, `close`,
///           `available`, `async_read_some` and `get_executor`.
/// Lifetime: must outlive the `run` of its lifecycle and every `tracked_socket` it gave.
template <class Socket = boost::asio::ip::tcp::socket>
class tracked_connections {
    struct entry;

public:
    /// One connection. Keep it as long as the session; its end is the connection's end.
    ///
    /// Threads: the executor of the socket.
    class tracked_socket {
    public:
        tracked_socket(tracked_socket&&) noexcept = default;
        tracked_socket& operator=(tracked_socket&&) = delete;
        ~tracked_socket() {
            if (entry_ != nullptr) {
                entry_->owner.forget(entry_);
            }
        }

        [[nodiscard]] Socket& socket() noexcept { return entry_->socket; }

        /// A request's first byte has come: it is in flight until `end_request`.
        void begin_request() noexcept {
            entry_->busy = true;
            entry_->asked = false;
        }

        /// The response has been written. Returns: whether to go on reading requests; if
        /// not, call `linger`.
        ///
        /// A response that did not say `Connection: close` lets the client send another
        /// request: the connection has its race grace then, like any idle one.
        [[nodiscard]] bool end_request() {
            entry_->busy = false;
            const bool closes = entry_->asked ? entry_->said_close : must_close();
            if (!closes) {
                entry_->owner.idle_again(entry_);
            }
            return !closes;
        }

        /// Whether the response that is about to be written must say `Connection: close`.
        /// A session that pipelines asks this only for the last request it has read.
        [[nodiscard]] bool must_close() const noexcept {
            entry_->asked = true;
            entry_->said_close = entry_->owner.life_.state() >= state::lame_duck;
            return entry_->said_close;
        }

        /// Half-closes and reads on until the peer closes, then calls `done`. The socket
        /// is closed then; destroy this object.
        void linger(std::function<void()> done) { entry_->owner.linger(entry_, std::move(done)); }

    private:
        friend class tracked_connections;
        explicit tracked_socket(std::shared_ptr<entry> e) noexcept : entry_(std::move(e)) {}
        std::shared_ptr<entry> entry_;
    };

    /// Adds itself to `life`. Errors: as `lifecycle::add`.
    tracked_connections(lifecycle& life, connections_options options)
        : life_(life), options_(std::move(options)) {
        component part;
        part.name = options_.name;
        part.uses = options_.uses;
        part.drain = [this](const stop_context&, completion done) { drain(std::move(done)); };
        part.force = [this] { cut_all(); };
        part.drain_share = options_.drain_share;
        life.add(std::move(part));
    }
    tracked_connections(const tracked_connections&) = delete;
    tracked_connections& operator=(const tracked_connections&) = delete;

    /// Takes a connection into the set.
    [[nodiscard]] tracked_socket track(Socket s) {
        auto e = std::make_shared<entry>(*this, std::move(s));
        const std::lock_guard lock(mutex_);
        all_.insert(e);
        if (draining_) {
            give_race_grace(e);
        }
        return tracked_socket(e);
    }

    [[nodiscard]] std::size_t count() const {
        const std::lock_guard lock(mutex_);
        return all_.size();
    }

private:
    struct entry {
        entry(tracked_connections& o, Socket s)
            : owner(o), socket(std::move(s)), timer(socket.get_executor()) {}
        tracked_connections& owner;
        Socket socket;
        boost::asio::steady_timer timer;
        std::array<char, 512> rest{};
        std::function<void()> ended;
        bool busy = false;
        bool asked = false;       ///< must_close was asked for this response
        bool said_close = false;  ///< and this was the answer
        bool lingers = false;
        bool gone = false;  ///< its session ended; a timer that fired already must not act
    };
    using entry_ptr = std::shared_ptr<entry>;

    void drain(completion done) {
        std::unique_lock lock(mutex_);
        draining_ = true;
        done_.emplace(std::move(done));
        for (const entry_ptr& e : all_) {
            give_race_grace(e);
        }
        finish_if_empty(std::move(lock));
    }

    void idle_again(const entry_ptr& e) {
        const std::lock_guard lock(mutex_);
        if (draining_) {
            give_race_grace(e);
        }
    }

    // An idle connection is not cut while its next request may be arriving.
    void give_race_grace(const entry_ptr& e) {
        boost::asio::post(e->socket.get_executor(), [this, e] {
            if (e->gone || e->lingers) {
                return;  // its timer is the linger's
            }
            e->timer.expires_after(options_.race_grace);
            e->timer.async_wait([this, e](boost::system::error_code error) {
                boost::system::error_code ignored;
                if (!error && !e->gone && !e->busy && !e->lingers &&
                    e->socket.available(ignored) == 0) {
                    // The session's own read sees the peer's close, and ends the session.
                    e->socket.shutdown(Socket::shutdown_send, ignored);
                    close_later(e);
                }
            });
        });
    }

    void linger(const entry_ptr& e, std::function<void()> done) {
        e->lingers = true;
        e->ended = std::move(done);
        boost::system::error_code ignored;
        e->socket.shutdown(Socket::shutdown_send, ignored);
        close_later(e);
        read_on(e);
    }

    void read_on(const entry_ptr& e) {
        e->socket.async_read_some(boost::asio::buffer(e->rest),
                                  [this, e](boost::system::error_code error, std::size_t) {
                                      if (!error) {
                                          read_on(e);
                                          return;
                                      }
                                      boost::system::error_code ignored;
                                      e->socket.close(ignored);
                                      e->timer.cancel();
                                      if (const auto ended = std::exchange(e->ended, {})) {
                                          ended();
                                      }
                                  });
    }

    void close_later(const entry_ptr& e) {
        e->timer.expires_after(options_.linger);
        e->timer.async_wait([e](boost::system::error_code error) {
            boost::system::error_code ignored;
            if (!error) {
                e->socket.close(ignored);
            }
        });
    }

    void cut_all() {
        const std::lock_guard lock(mutex_);
        for (const entry_ptr& e : all_) {
            boost::asio::post(e->socket.get_executor(), [e] {
                boost::system::error_code ignored;
                e->socket.close(ignored);
            });
        }
    }

    void forget(const entry_ptr& e) {
        e->gone = true;
        e->timer.cancel();
        std::unique_lock lock(mutex_);
        all_.erase(e);
        finish_if_empty(std::move(lock));
    }

    // `done` ends `run`, and this object may be destroyed then: it is touched before only.
    void finish_if_empty(std::unique_lock<std::mutex> lock) {
        if (done_ && all_.empty()) {
            completion done = std::move(*done_);
            done_.reset();
            lock.unlock();
            done();
        }
    }

    lifecycle& life_;
    connections_options options_;
    mutable std::mutex mutex_;
    std::set<entry_ptr> all_;
    bool draining_ = false;
    std::optional<completion> done_;  ///< of the drain that is going on
};

}  // namespace lastcall::asio

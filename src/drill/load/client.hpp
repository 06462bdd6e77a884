// One client of a lane: a connection at a time, a timer of its own, and what the engine of
// a load asks of it around the signal. http_client adds requests; a lane that speaks another
// protocol builds on this.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "drill/load/load_context.hpp"

namespace lastcall::drill {

class client : private io_handler {
public:
    client(const client&) = delete;
    client& operator=(const client&) = delete;
    ~client() override;

    /// The first tick; before it the client does nothing.
    void begin_at(moment when) { tick_at(when); }

    /// The signal comes soon: be in `wanted` then. `cell::none`: whatever it likes. Asked
    /// again and again while is_in_place() is false, so that a state that passes by itself
    /// (just_idle) is made anew.
    virtual void aim_for(cell wanted) { aim_ = wanted; }

    /// Whether nothing is left to do before the signal but connect_in_turn() and
    /// write_in_turn().
    [[nodiscard]] virtual bool is_in_place() const { return true; }

    /// In the turn of the signal: begin the connection that is to wait to be accepted. What
    /// the sockets then have to tell is handled before the next.
    virtual void connect_in_turn() {}

    /// The last call before the signal: what is to cross it is written here, and nothing is
    /// read any more.
    virtual void write_in_turn() {}

    /// The signal was sent. Keeps the cell of that moment. Returns: it.
    cell note_signal();

    /// The routes are withdrawn: who has no connection gets none any more.
    virtual void routes_closed();

    /// From now on nothing is asked any more; what is in flight is waited for.
    virtual void wind_down();

    /// Ends what is in flight as `ended_by_us`, and closes.
    void end();

    /// Nothing in flight, no connection, nothing planned.
    [[nodiscard]] virtual bool finished() const noexcept {
        return phase_ == phase::closed && !tick_.is_set();
    }

    /// Where its connection is now; `none` without one.
    [[nodiscard]] virtual cell cell_now() const;

    [[nodiscard]] cell aim() const noexcept { return aim_; }

protected:
    enum class phase : std::uint8_t {
        closed,
        connecting,  ///< TCP
        handshake,   ///< TLS
        open,
    };

    /// `lane` is of the load's name_pool, or a literal.
    client(load_context& shared, std::string_view lane);

    // What a kind of client does.

    /// Its timer: set with tick_at().
    virtual void tick() = 0;
    /// connect() has succeeded, TLS included.
    virtual void on_open() = 0;
    /// connect() has not. The connection is closed already.
    virtual void on_no_connection(ending how, int error) = 0;
    /// Something can be read: bytes, a FIN or a reset. As a rule read_on().
    virtual void on_readable() { read_on(); }
    /// What read_on() found. on_end() has to close().
    virtual void on_bytes(std::string_view) {}
    virtual void on_end(ending, int /*error*/) {}
    /// All that send() was given is with the kernel.
    virtual void on_sent() {}
    /// After note_signal(): plan what is to come.
    virtual void signal_sent() {}
    /// end(): make the records of what is in flight, as `client_ended`. close() follows.
    virtual void abandon() = 0;
    /// The connection has taken longer than wait_until().
    virtual void on_timeout() {}

    // What it can use.

    /// Begins a connection; on_open() or on_no_connection() follow, perhaps before this
    /// returns. Only when closed, and routes_open().
    /// `tls`  instead of the load's; null: that
    void connect(int receive_buffer = 0, std::shared_ptr<tls_context> tls = nullptr);

    /// Goes no further with a TLS handshake than the ClientHello until go_on_with_tls().
    void hold_tls() noexcept { tls_held_ = true; }
    void go_on_with_tls();

    /// Sends, and keeps what the kernel does not take yet.
    void send(std::string_view bytes);
    [[nodiscard]] bool has_unsent() const noexcept { return unsent_at_ < unsent_.size(); }
    void forget_unsent() noexcept;

    /// Reads until nothing waits: on_bytes() for each piece, then on_end() at an end.
    void read_on();

    /// Reads once. Returns: what the kernel said.
    [[nodiscard]] sys::io_result receive(std::span<char> into) { return wire_.receive(into); }
    [[nodiscard]] ending ending_of(const sys::io_result& got) const;

    /// Ends the connection. `was_quiet`: nothing was in flight, so that its end is a record
    /// of its own.
    void close(quiet_end how, bool was_quiet);

    /// Whether readable events are wanted; a pause leaves the bytes in the kernel.
    void want_readable(bool want);

    /// Whether the peer's kernel has taken any byte beyond the first `before` of this
    /// connection: then the connection was not idle for it. `how`: the end that was seen.
    [[nodiscard]] taken taken_since(std::uint64_t before, ending how);
    /// Whether the server had accepted this connection, which it has ended.
    [[nodiscard]] acceptance accepted_so_far();
    [[nodiscard]] std::uint64_t bytes_sent() const noexcept { return wire_.bytes_sent(); }

    /// A record of this connection, with `due` as its intended time.
    [[nodiscard]] exchange begin_exchange(std::string_view method, std::string_view target,
                                          moment due) const;

    /// The cell of the connection at the signal, given out once: to the first record that
    /// ends after it.
    [[nodiscard]] cell take_signal_cell() noexcept;
    [[nodiscard]] cell signal_cell() const noexcept { return signal_cell_; }

    /// At `when` on_timeout() is called. Cheap to move: nothing is done until it is due.
    void wait_until(moment when);
    void wait_no_more() noexcept { wait_limit_ = moment::max(); }

    void tick_at(moment when) { tick_.set(when); }
    void cancel_tick() noexcept { tick_.cancel(); }
    [[nodiscard]] bool tick_is_set() const noexcept { return tick_.is_set(); }

    [[nodiscard]] load_context& context() const noexcept { return context_; }
    [[nodiscard]] std::string_view lane() const noexcept { return lane_; }
    [[nodiscard]] phase now_in() const noexcept { return phase_; }
    [[nodiscard]] bool is_open() const noexcept { return phase_ == phase::open; }
    [[nodiscard]] bool is_closed() const noexcept { return phase_ == phase::closed; }
    [[nodiscard]] bool winds_down() const noexcept { return winds_down_; }
    [[nodiscard]] std::uint32_t connection() const noexcept { return connection_; }
    [[nodiscard]] std::int64_t opened_ns() const noexcept { return opened_ns_; }
    [[nodiscard]] const transport& wire() const noexcept { return wire_; }
    [[nodiscard]] transport& wire() noexcept { return wire_; }

    /// Whether this client may make a connection: it has not learned of the withdrawal yet.
    [[nodiscard]] virtual bool routes_open() const;

    std::uint32_t answered_ = 0;       ///< requests, on this connection
    std::int64_t last_answer_ns_ = 0;  ///< of this connection; 0: none
    bool was_begun_in_turn_ = false;   ///< connected in the turn of the signal

private:
    void on_io(bool readable, bool writable, bool over) final;
    void connection_made();
    void shake_hands();
    void established();
    void not_made(ending how, int error);
    void flush();
    void note_failed_send(const sys::io_result& failed);
    void poll_for();
    void set_phase(phase next);
    void time_is_up();

    load_context& context_;
    std::string_view lane_;
    timer tick_;
    timer wait_timer_;
    moment wait_limit_ = moment::max();
    transport wire_;
    phase phase_ = phase::closed;
    bool is_tls_ = false;
    bool tls_held_ = false;
    bool was_reset_ = false;  // a send was told
    bool wants_readable_ = true;
    bool polls_readable_ = true;
    bool polls_writable_ = false;
    bool winds_down_ = false;
    cell aim_ = cell::none;
    cell signal_cell_ = cell::none;
    float jitter_share_;
    std::uint32_t connection_ = 0;
    std::int64_t opened_ns_ = 0;
    moment established_{};
    std::string unsent_;
    std::size_t unsent_at_ = 0;
};

/// A pause after something went wrong, so that a dead server is not hammered.
inline constexpr std::chrono::milliseconds pause_after_failure{50};

}  // namespace lastcall::drill

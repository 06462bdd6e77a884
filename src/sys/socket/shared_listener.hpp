// One address whose connections go to one of two generations of a service.
//
// Each generation has a listening socket of its own, its slot; both stay open here for as long
// as the address is kept, so that no queue ends with a process. Sockets of TCP form one
// SO_REUSEPORT group, and a program of one instruction chooses among them; unix sockets are
// bound beside the path, and the path is a hard link to one of them. Moving all new
// connections is one system call either way. docs/decisions/0010 tells why, and what was
// measured.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sys/fd.hpp"
#include "sys/socket/inet_diag.hpp"
#include "sys/socket/listener_address.hpp"

namespace lastcall::sys {

class shared_listener {
public:
    static constexpr int slots = 2;
    static constexpr int unknown = -1;  ///< which slot

    struct terms {
        std::string address;  ///< as listener_address reads it
        int backlog = 4096;
        unsigned mode = 0660;      ///< of a unix socket
        bool is_only_ip6 = false;  ///< of [::]: without IPv4
        int slot = 0;              ///< which is the first
    };
    /// Binds the first slot, listens, and steers to it.
    /// Errors: listener_error; "taken by" whom among them.
    explicit shared_listener(const terms& what);

    /// Whether it could be done, without doing it. Only TCP. Errors: listener_error.
    static void try_address(const terms& what);

    /// What an upgrade or a keeper that was killed has left: the slots that are there.
    struct kept {
        std::array<unique_fd, slots> sockets;
        int steered = 0;
        std::vector<int> order;  ///< of the group; empty: find out by steering
    };
    shared_listener(const terms& what, kept from);

    /// What was kept open while nobody looked after it: what can be is made fit again, and it is
    /// steered to the slot of `what` (`unknown`: as it was), with that one's queue. Nobody else
    /// may be steering it. `from.steered` may be `unknown`: then the longer queue tells; of two
    /// sockets of TCP the other leaves the group for a moment, as nothing tells their order.
    /// Port 0 is the one that the sockets have. A unix socket whose file is gone is made anew.
    /// Errors: listener_error.
    static shared_listener reopen(terms what, kept from);
    /// Closes what was kept open, and removes the files that it has made, if they are its own
    /// still. `is_last`: shut_down() before. Errors: listener_error.
    static void discard(const terms& what, kept from, bool is_last);

    shared_listener(shared_listener&&) noexcept = default;
    shared_listener& operator=(shared_listener&&) = delete;
    shared_listener(const shared_listener&) = delete;
    shared_listener& operator=(const shared_listener&) = delete;
    /// Closes it. A path of ours is removed unless `abandon` was called.
    ~shared_listener();

    /// "tcp:127.0.0.1:8080", the port filled in.
    [[nodiscard]] std::string address() const { return address_.text(); }
    [[nodiscard]] const terms& wanted() const noexcept { return terms_; }
    [[nodiscard]] const listener_address& where() const noexcept { return address_; }
    [[nodiscard]] bool is_unix() const noexcept { return address_.is_unix; }
    [[nodiscard]] int fd(int slot) const noexcept { return at(slot).get(); }
    [[nodiscard]] int steered() const noexcept { return steered_; }
    /// When the last `steer` moved new connections, CLOCK_BOOTTIME; 0: there was none.
    [[nodiscard]] std::chrono::nanoseconds steered_at() const noexcept { return steered_at_; }
    [[nodiscard]] const std::vector<int>& order() const noexcept { return order_; }

    /// Before a generation gets it: the slot is bound, listens with the full backlog, and
    /// has nothing left of who had it before (flags, filters, a shutdown(2)).
    /// Errors: listener_error.
    void prepare(int slot);

    /// All new connections go to `slot` from the return on. Errors: listener_error; then
    /// nothing has changed.
    void steer(int slot);

    /// Until the next `steer`, connections from the client port `from` go to `slot`, so that
    /// a generation can be asked before it gets the traffic.
    /// Returns: where to connect to: `address()`, or, of a unix socket, the slot's own path.
    /// Errors: listener_error.
    std::string let_through(std::uint16_t from, int slot);

    /// A program has shut a slot down, or made it listen again: the others have other places
    /// in the group now.
    void settle() noexcept;

    struct queue {
        bool is_known = false;
        std::uint32_t waiting = 0, backlog = 0;
        /// TCP: handshakes that had begun before the last steering and are not through: they
        /// will still come to the slot that was left.
        std::uint32_t handshakes = 0;
    };
    [[nodiscard]] queue look(int slot);

    /// Moves what waits at a slot, and what has begun a handshake there, to the steered one,
    /// in the kernel: the clients notice nothing. The slot's own socket is open and listens
    /// afterwards. Only for TCP, and where the kernel permits: let_group_migrate().
    /// Returns: 0 or errno; then everything is as it was.
    int migrate(int slot) noexcept;

    /// A slot that another process has kept open for us: after a keeper was killed.
    void take_slot(int slot, unique_fd socket) noexcept {
        sockets_[static_cast<std::size_t>(slot)] = std::move(socket);
    }

    /// "/run/web.sock" of "/run/.web.sock.slot0". Unset: it is no name of that slot.
    [[nodiscard]] static std::optional<std::string> path_of_slot(std::string_view bound, int slot);

    /// Nobody listens any more, whoever has a copy of the sockets: the address is free from the
    /// return on. Only of TCP; the path of a unix socket is free anyway.
    void shut_down() noexcept;

    /// Another keeper goes on with it: nothing is removed at the end.
    void abandon() noexcept { is_ours_ = false; }

private:
    [[nodiscard]] const unique_fd& at(int slot) const noexcept {
        return sockets_[static_cast<std::size_t>(slot)];
    }
    [[nodiscard]] unique_fd bind_tcp(const listener_address& to) const;
    void bind_unix(int slot);
    void make(int slot);
    void listen_again(int slot);
    void refresh_order() noexcept;
    [[nodiscard]] unsigned place_of(int slot) const noexcept;
    void point_path_at(int slot);
    [[nodiscard]] std::string slot_path(int slot) const;
    void find_steered();
    void find_order();
    void find_paths();

    struct handshake {
        std::array<std::uint8_t, 16> peer;
        std::uint16_t port;
        bool operator==(const handshake&) const = default;
    };
    [[nodiscard]] std::vector<handshake> handshakes();

    terms terms_;
    listener_address address_;
    std::array<unique_fd, slots> sockets_;
    int steered_ = 0;
    std::chrono::nanoseconds steered_at_{0};
    std::vector<int> order_;  ///< slots as they stand in the group
    std::vector<handshake> under_way_;
    bool is_ours_ = true;
};

}  // namespace lastcall::sys

// The store for descriptors that a service manager has, sd_notify(3): what is in it stays open
// while the unit is restarted, and comes back as LISTEN_FDS.
//
// Two things meet here. What a keeper before this one has left in it waits until somebody asks
// for its address. And what this keeper has open is put into it: the caller says what there
// should be, the difference to what is there is sent.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keeper/store_name.hpp"
#include "sys/intercept/listen_address.hpp"
#include "sys/socket/datagram.hpp"
#include "sys/socket/shared_listener.hpp"
#include "wire/keeper_message.hpp"

namespace lastcall::keeper {

/// A socket with its slots that a keeper before this one has left in the store.
struct left_listener {
    std::string service, socket;  ///< as they were called then
    sys::listen_address address;  ///< without the slot's name, of a unix socket
    sys::shared_listener::kept kept;
    int service_slot = 0;  ///< where its service had its traffic
};

class manager_store {
public:
    explicit manager_store(sys::datagram_outbox& manager) : manager_(manager) {}

    // What was left.

    /// Takes what is ours of LISTEN_FDS, by the names of LISTEN_FDNAMES, if LISTEN_PID is this
    /// process, and takes the three out of `environment`. What has other names, as the sockets
    /// of a socket unit, is not touched.
    /// Returns: what to print, a line each.
    std::vector<std::string> take(std::vector<std::string>& environment);

    /// The one at this address, whoever had it; of an address with port 0 the one that had this
    /// name, at whatever port.
    std::optional<left_listener> claim(const std::string& service, const std::string& socket,
                                       const sys::listen_address& wanted);
    /// All at a port of TCP.
    std::vector<left_listener> claim_port(std::uint16_t port);
    /// The one of this name.
    std::optional<left_listener> claim_name(std::string_view service, std::string_view socket);
    /// Those with which nobody could bind `wanted`.
    std::vector<left_listener> claim_overlapping(const sys::listen_address& wanted);
    std::vector<left_listener> claim_all();
    void give_back(left_listener one) { left_.push_back(std::move(one)); }

    [[nodiscard]] bool has_left() const noexcept { return !left_.empty(); }
    [[nodiscard]] bool knows(std::string_view service, std::string_view socket) const;
    /// Where a service had its traffic; unset: nothing is known of it.
    [[nodiscard]] std::optional<int> slot_of(std::string_view service) const;

    // What is to be there.

    struct entry {
        std::string name;
        int fd = -1;
        std::uint64_t inode = 0;
    };
    /// What was left and nobody has asked for yet stays there as well. Does nothing without a
    /// service manager. Returns: what to print.
    std::vector<std::string> put(const std::vector<entry>& wanted);
    /// The manager did not keep up: `put` again, soon.
    [[nodiscard]] bool is_behind() const noexcept { return is_behind_; }
    /// Whether the manager was given it.
    [[nodiscard]] bool holds(const std::string& name) const { return held_.contains(name); }

    // For the program that this process becomes, and for a keeper after this one.

    [[nodiscard]] std::vector<wire::keeper_message> state() const;
    void restore(const wire::keeper_message& item);

private:
    [[nodiscard]] std::optional<left_listener> take_out(std::size_t place);
    left_listener& group_of(const std::string& service, const std::string& socket);
    void read_state(int fd);

    sys::datagram_outbox& manager_;
    std::vector<left_listener> left_;
    std::map<std::string, std::uint64_t> held_;  ///< names and inodes
    bool is_behind_ = false;
    bool has_complained_ = false;
};

}  // namespace lastcall::keeper

// What the generations of a service have bound at the ports of which only the number is
// configured, and who gets the connections there.
//
// An address is open while a living generation has bound it, or the one that has ended last had
// the traffic and its successor may bind it again. Two generations that live bind the same
// addresses: what one has and the other has not would be lost when the traffic is moved.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "keeper/service.hpp"
#include "sys/intercept/listen_address.hpp"

namespace lastcall::keeper {

/// Opens what the generation binds; new, or the slot of what is there.
/// Returns: a copy of its socket. Errors: request_error, listener_error; then nothing changes,
/// but that addresses nobody has any more are given up.
[[nodiscard]] sys::unique_fd open_place(service& of, generation& one, const std::string& socket,
                                        const sys::listen_address& wanted);

/// Before a generation starts: every listener of its sockets gets a slot for it.
/// Fills `descriptors`. Errors: listener_error.
void prepare_places(service& of, generation& one);

/// `unlisten`: with all addresses of a port.
void close_socket(service& of, const std::string& socket);

/// It has bound an address that was offered. Errors: listener_error.
void note_bound(service& of, const generation& one, const std::string& socket,
                const std::string& key);

/// It has ended. Returns: the sockets that have lost an address.
std::vector<std::string> leave_places(service& of, const generation& gone);

/// Where each listener is steered to when `to` gets the traffic.
/// Errors: request_error when connections would be lost: an address that serves now, and that
/// `to` has not bound.
[[nodiscard]] std::vector<std::pair<sys::shared_listener*, int>> steering_to(service& of,
                                                                             const generation& to);
/// It has the traffic now: what nobody has bound any more is closed.
/// Returns: the sockets that have lost an address.
std::vector<std::string> close_unbound(service& of, const generation& steered);

/// The listener at which a generation can be asked; of one that has bound nothing yet that of
/// the others. Errors: request_error.
[[nodiscard]] sys::shared_listener& listener_to_ask(service& of, const generation& one,
                                                    const std::string& socket);

/// As bound, the first first; "tcp:8080" where nothing is yet.
[[nodiscard]] std::vector<std::string> addresses_of(const service& of, const std::string& socket);

}  // namespace lastcall::keeper

#include "keeper/places.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include "keeper/request_error.hpp"
#include "sys/process/open_files.hpp"
#include "sys/process/process.hpp"

namespace lastcall::keeper {

using place = open_port::place;

namespace {

std::size_t at(int slot) noexcept { return static_cast<std::size_t>(slot); }

bool has_bound(const generation& one, const place& what) noexcept {
    return one.slot >= 0 && what.bound[at(one.slot)] == one.number;
}

bool has_bound_any(const generation& one, const open_port& port) noexcept {
    return std::ranges::any_of(port.places, [&](const place& p) { return has_bound(one, p); });
}

/// Another generation that lives and has bound it.
const generation* other_owner(const service& of, const generation& one, const place& what) {
    for (const auto number : what.bound) {
        if (number != one.number) {
            if (const auto* const other = of.living(number)) {
                return other;
            }
        }
    }
    return nullptr;
}

std::string text_of(const generation& one) {
    return one.service + " " + std::to_string(one.number);
}

/// Nobody listens there any more: the programs that were offered it are not offered it either.
void close_place(service& of, open_port& port, std::string key) {
    const place gone = *port.find(key);
    for (const auto& [number, one] : of.generations) {
        for (const auto inode : gone.inodes) {
            if (one->installed && inode != 0) {
                one->installed->withdraw(inode);
            }
        }
    }
    of.sockets.at(key).shut_down();  // there may be a copy of it in the service manager's store
    of.sockets.erase(key);
    std::erase_if(port.places, [&](const place& p) { return p.key == key; });
}

void prepare_slot(service& of, place& what, int slot) {
    auto& listener = of.sockets.at(what.key);
    listener.prepare(slot);
    what.inodes[at(slot)] = sys::inode_of(listener.fd(slot));
}

place& add_place(service& of, open_port& port, std::string key,
                 const sys::shared_listener::terms& terms) {
    of.sockets.emplace(key, sys::shared_listener(terms));
    port.places.push_back({.key = std::move(key)});
    return port.places.back();
}

/// By a program; the service manager, our parent, may have it in its store.
bool is_held(std::uint64_t inode) {
    const std::array ours{sys::current_process_id(), sys::parent_process_id()};
    return std::ranges::any_of(sys::owners_of({inode}), [&](const auto& owner) {
        return std::ranges::find(ours, owner.first) == ours.end();
    });
}

/// What overlaps with an address that is to be opened: of another generation it forbids that;
/// else nobody has it any more.
void make_room(service& of, open_port& port, const generation& one,
               const sys::listen_address& wanted) {
    std::vector<std::string> left;
    for (const auto& each : port.places) {
        const auto& listener = of.sockets.at(each.key);
        const int fd = listener.fd(0) >= 0 ? listener.fd(0) : listener.fd(1);
        const auto there = sys::address_of_socket(fd);
        if (!there || !sys::do_overlap(*there, wanted)) {
            continue;
        }
        if (const auto* const other = other_owner(of, one, each)) {
            throw request_error(EADDRINUSE,
                                text_of(*other) + " serves at " + there->text() +
                                    ", and connections there could not be moved; let the program "
                                    "bind that address too, or stop the service before it changes");
        }
        // An interceptor that came later, after an upgrade, does not know what was bound before.
        if (has_bound(one, each) && is_held(each.inodes[at(one.slot)])) {
            throw request_error(EADDRINUSE, "it has " + there->text() + " already");
        }
        left.push_back(each.key);
    }
    for (const auto& key : left) {
        close_place(of, port, key);
    }
}

}  // namespace

sys::unique_fd open_place(service& of, generation& one, const std::string& socket,
                          const sys::listen_address& wanted) {
    auto& port = of.ports.at(socket);
    const std::string key = key_of(socket, wanted.text());
    place* found = port.find(key);
    if (found == nullptr) {
        make_room(of, port, one, wanted);
        sys::shared_listener::terms terms;
        terms.address = wanted.text();
        if (terms.address.ends_with(without_ip4)) {
            terms.address.resize(terms.address.size() - without_ip4.size());
        }
        terms.is_only_ip6 = wanted.is_only_ip6;
        terms.backlog = port.backlog;
        terms.slot = one.slot;
        found = &add_place(of, port, key, terms);
    }
    prepare_slot(of, *found, one.slot);
    note_bound(of, one, socket, key);
    auto copy = sys::copy_descriptor(of.sockets.at(key).fd(one.slot));
    if (!copy) {
        throw request_error(errno, "no descriptors are left");
    }
    return copy;
}

void prepare_places(service& of, generation& one) {
    for (const auto& socket : one.sockets) {
        const auto port = of.ports.find(socket);
        if (port == of.ports.end()) {
            of.sockets.at(socket).prepare(one.slot);
            one.descriptors.push_back(socket);
            continue;
        }
        auto& places = port->second.places;
        const bool inherits = one.handed_over == "inherit";
        if (inherits && places.empty()) {
            sys::shared_listener::terms all;
            all.address = "tcp:*:" + std::to_string(port->second.number);
            all.backlog = port->second.backlog;
            all.slot = one.slot;
            sys::shared_listener made(all);
            places.push_back({.key = key_of(socket, made.address())});
            of.sockets.emplace(places.back().key, std::move(made));
        }
        for (auto& each : places) {
            prepare_slot(of, each, one.slot);
            if (inherits) {
                each.bound[at(one.slot)] = one.number;
                one.descriptors.push_back(each.key);
            }
        }
    }
}

void close_socket(service& of, const std::string& socket) {
    const auto port = of.ports.find(socket);
    if (port == of.ports.end()) {
        const auto there = of.sockets.find(socket);
        if (there != of.sockets.end()) {
            const bool is_had = std::ranges::any_of(of.generations, [&](const auto& one) {
                return one.second->lives() && std::ranges::count(one.second->sockets, socket) > 0;
            });
            if (!is_had) {  // a program that has it may take what waits there
                there->second.shut_down();
            }
            of.sockets.erase(there);
        }
        return;
    }
    while (!port->second.places.empty()) {
        close_place(of, port->second, port->second.places.front().key);
    }
    of.ports.erase(port);
}

void note_bound(service& of, const generation& one, const std::string& socket,
                const std::string& key) {
    const auto port = of.ports.find(socket);
    place* const found = port == of.ports.end() ? nullptr : port->second.find(key);
    if (found == nullptr) {
        return;
    }
    found->bound[at(one.slot)] = one.number;
    auto& listener = of.sockets.at(key);
    if (of.steered_slot == one.slot && listener.steered() != one.slot) {
        listener.steer(one.slot);  // it was the other's alone until now
    }
}

std::vector<std::string> leave_places(service& of, const generation& gone) {
    std::vector<std::string> changed;
    if (gone.slot < 0 || of.steered_slot == gone.slot) {
        return changed;  // connections wait for its successor
    }
    for (auto& [socket, port] : of.ports) {
        std::vector<std::string> left;
        for (auto& each : port.places) {
            if (has_bound(gone, each)) {
                each.bound[at(gone.slot)] = 0;
                if (each.bound[at(1 - gone.slot)] == 0) {
                    left.push_back(each.key);
                }
            }
        }
        for (const auto& key : left) {
            close_place(of, port, key);
        }
        if (!left.empty()) {
            changed.push_back(socket);
        }
    }
    return changed;
}

std::vector<std::pair<sys::shared_listener*, int>> steering_to(service& of, const generation& to) {
    std::vector<std::pair<sys::shared_listener*, int>> all;
    for (auto& [name, listener] : of.sockets) {
        if (!is_place(name)) {
            all.emplace_back(&listener, to.slot);
        }
    }
    for (const auto& [socket, port] : of.ports) {
        // One that has bound nothing may still do so: connections wait for it, as elsewhere.
        const bool may_bind = !has_bound_any(to, port);
        for (const auto& each : port.places) {
            auto& listener = of.sockets.at(each.key);
            const auto* const other = other_owner(of, to, each);
            if (has_bound(to, each) || (may_bind && listener.fd(to.slot) >= 0)) {
                all.emplace_back(&listener, to.slot);
            } else if (other != nullptr && other->number < to.number) {
                throw request_error(EADDRNOTAVAIL,
                                    text_of(to) + " has not bound " + listener.address() +
                                        ", where " + text_of(*other) +
                                        " serves: connections there would be refused; let the "
                                        "program bind that address too");
            }
        }
    }
    return all;
}

std::vector<std::string> close_unbound(service& of, const generation& steered) {
    std::vector<std::string> changed;
    for (auto& [socket, port] : of.ports) {
        std::vector<std::string> left;
        for (const auto& each : port.places) {
            if (has_bound_any(steered, port) && !has_bound(steered, each) &&
                other_owner(of, steered, each) == nullptr) {
                left.push_back(each.key);
            }
        }
        for (const auto& key : left) {
            close_place(of, port, key);
        }
        if (!left.empty()) {
            changed.push_back(socket);
        }
    }
    return changed;
}

sys::shared_listener& listener_to_ask(service& of, const generation& one,
                                      const std::string& socket) {
    const auto port = of.ports.find(socket);
    if (port == of.ports.end()) {
        const auto found = of.sockets.find(socket);
        if (found == of.sockets.end() || one.slot < 0) {
            throw request_error(ENOENT, of.name + " has no socket \"" + socket + "\"");
        }
        return found->second;
    }
    const auto& places = port->second.places;
    if (places.empty()) {
        throw request_error(ENOENT, text_of(one) + " has not bound port " +
                                        std::to_string(port->second.number) + " yet");
    }
    auto& first = of.sockets.at(places.front().key);
    if (has_bound(one, places.front()) || !has_bound_any(one, port->second)) {
        return first;
    }
    // Who asks has a socket of the first one's family.
    for (const auto& each : places) {
        auto& listener = of.sockets.at(each.key);
        if (has_bound(one, each) && listener.where().family() == first.where().family()) {
            return listener;
        }
    }
    throw request_error(ENOENT, text_of(one) + " has not bound " + first.address() +
                                    ", where the service is asked");
}

std::vector<std::string> addresses_of(const service& of, const std::string& socket) {
    const auto& port = of.ports.at(socket);
    std::vector<std::string> all;
    for (const auto& each : port.places) {
        all.push_back(of.sockets.at(each.key).address());
    }
    if (all.empty()) {
        all.push_back("tcp:" + std::to_string(port.number));
    }
    return all;
}

}  // namespace lastcall::keeper

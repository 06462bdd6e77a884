// The sockets of services across a restart of the unit. While there is no keeper the service
// manager holds them (manager_store.hpp): connections wait in their queues. The next keeper
// takes up each of them when its agent asks for the address, in the slot that had the traffic,
// so that the first generation gets what waits.
#include <algorithm>
#include <cerrno>
#include <span>

#include "keeper/keeper.hpp"
#include "keeper/places.hpp"
#include "sys/process/open_files.hpp"
#include "sys/process/process.hpp"
#include "sys/process/process_facts.hpp"

namespace lastcall::keeper {
namespace {

sys::listen_address address_of(const sys::shared_listener::terms& terms) {
    const auto at = sys::listener_address::parse(terms.address);
    auto made = sys::read_listen_address(std::as_bytes(std::span(&at.storage, 1)).first(at.size));
    made->is_only_ip6 = terms.is_only_ip6;
    return *made;
}

/// As listener_address reads it.
sys::shared_listener::terms terms_of(const left_listener& one) {
    sys::shared_listener::terms terms;
    terms.address = one.address.text();
    terms.is_only_ip6 = one.address.is_only_ip6;
    if (terms.address.ends_with(without_ip4)) {
        terms.address.resize(terms.address.size() - without_ip4.size());
    }
    terms.slot = one.kept.steered;
    return terms;
}

/// Who has the socket that had the traffic; 0: nobody but us, and the service manager, which is
/// our parent.
int stranger_with(const left_listener& one) {
    const std::array ours{sys::current_process_id(), sys::parent_process_id()};
    std::set<std::uint64_t> inodes;
    for (int slot = 0; slot < sys::shared_listener::slots; ++slot) {
        if (one.kept.steered == slot || one.kept.steered == sys::shared_listener::unknown) {
            inodes.insert(sys::inode_of(one.kept.sockets[static_cast<std::size_t>(slot)].get()));
        }
    }
    inodes.erase(0);
    for (const auto& [pid, inode] : sys::owners_of(inodes)) {
        sys::process_facts facts;
        // A relay of the keeper before only carries what it has accepted, and ends by itself.
        const bool is_relay =
            sys::read_process_facts(pid, facts) && facts.comm.view() == "lastcall-relay";
        if (std::ranges::find(ours, pid) == ours.end() && !is_relay) {
            return pid;
        }
    }
    return 0;
}

}  // namespace

/// A program that outlived its keeper and was not adopted takes connections from its socket:
/// a generation beside it would share them.
void keeper::refuse_held(const left_listener& one) {
    if (const int pid = stranger_with(one); pid != 0) {
        throw request_error(EADDRINUSE, terms_of(one).address + " is taken by pid " +
                                            std::to_string(pid) +
                                            ", which has outlived the keeper before this one; "
                                            "stop that program");
    }
}

/// Opens what `listen` asks for, or takes up what was left at this address. `terms.slot` may be
/// `unknown`: then it is the one that had the traffic.
sys::shared_listener keeper::open_listener(const std::string& name, const std::string& socket,
                                           sys::shared_listener::terms terms) {
    if (store_.has_left()) {
        const auto wanted = address_of(terms);
        if (auto left = store_.claim(name, socket, wanted)) {
            try {
                refuse_held(*left);
            } catch (...) {
                store_.give_back(std::move(*left));
                throw;
            }
            if (terms.slot == sys::shared_listener::unknown && left->service == name &&
                left->kept.steered != sys::shared_listener::unknown) {
                terms.slot = left->service_slot;
            }
            return sys::shared_listener::reopen(terms, std::move(left->kept));
        }
        for (auto& one : store_.claim_overlapping(wanted)) {
            give_up(std::move(one), "it makes room for " + wanted.text());
        }
    }
    if (terms.slot == sys::shared_listener::unknown) {
        terms.slot = store_.slot_of(name).value_or(0);
    }
    return sys::shared_listener(terms);
}

/// The addresses that programs had bound at a port.
/// Returns: false where nothing was left of it. Errors: request_error; then nothing has changed.
bool keeper::take_up_port(const std::string& name, const std::string& socket, std::uint16_t number,
                          int backlog) {
    auto left = store_.claim_port(number);
    try {
        for (const auto& one : left) {
            refuse_held(one);
        }
    } catch (...) {
        for (auto& one : left) {
            store_.give_back(std::move(one));
        }
        throw;
    }
    if (left.empty()) {
        return false;
    }
    const bool is_new = !services_.contains(name);
    auto& owner = services_[name];
    owner.name = name;
    if (is_new && left.front().kept.steered != sys::shared_listener::unknown) {
        owner.steered_slot = left.front().service_slot;
    }
    auto& port = owner.ports[socket];
    port = {.number = number, .backlog = backlog, .places = {}};
    for (auto& one : left) {
        auto terms = terms_of(one);
        terms.backlog = backlog;
        terms.slot = owner.steered_slot;
        const auto key = key_of(socket, one.address.text());
        try {
            const auto& made =
                owner.sockets.emplace(key, sys::shared_listener::reopen(terms, std::move(one.kept)))
                    .first->second;
            auto& place = port.places.emplace_back();
            place.key = key;
            for (std::size_t slot = 0; slot < place.inodes.size(); ++slot) {
                place.inodes[slot] = sys::inode_of(made.fd(static_cast<int>(slot)));
            }
        } catch (const sys::listener_error& problem) {
            say(name + ": " + problem.what());
        }
    }
    return true;
}

void keeper::give_up(left_listener one, const std::string& why) {
    const auto terms = terms_of(one);
    say(one.service + ": " + terms.address + " was kept open while lastcall was restarted; " + why +
        ": closed");
    try {
        const bool is_last = stranger_with(one) == 0;
        sys::shared_listener::discard(terms, std::move(one.kept), is_last);
    } catch (const sys::listener_error& problem) {
        say(problem.what());
    }
    changed_ = true;
}

/// Whoever wanted one has asked for it by now.
void keeper::give_up_all() {
    for (auto& one : store_.claim_all()) {
        give_up(std::move(one), "no service listens there now");
    }
}

/// All that is open is in the store, and nothing else.
void keeper::put_into_store() {
    if (!manager_) {
        return;
    }
    std::vector<manager_store::entry> all;
    const auto add = [&](std::string name, int fd) {
        const auto inode = sys::inode_of(fd);
        all.push_back({std::move(name), fd, inode});
    };
    if (!live_.empty()) {
        add(std::string(stored_state), live_.front().fd());
    }
    for (const auto& [name, one] : services_) {
        for (const auto& [socket, listener] : one.sockets) {
            for (int slot = 0; slot < sys::shared_listener::slots; ++slot) {
                if (listener.fd(slot) < 0) {
                    continue;
                }
                auto stored = store_name{name, socket, slot}.text();
                if (!stored.empty()) {
                    add(std::move(stored), listener.fd(slot));
                } else if (unnamed_.insert(name + "/" + socket).second) {
                    say(name + ": the name of the socket \"" + socket +
                        "\" is too long for the store of the service manager: a restart of the "
                        "unit closes it; choose a shorter name");
                }
            }
        }
    }
    for (const auto& text : store_.put(all)) {
        say(text);
    }
}

/// What the manager has goes on: the files of unix sockets are its sockets' now.
void keeper::leave_to_store() {
    for (auto& [name, one] : services_) {
        for (auto& [socket, listener] : one.sockets) {
            for (int slot = 0; slot < sys::shared_listener::slots; ++slot) {
                if (listener.fd(slot) >= 0 && store_.holds(store_name{name, socket, slot}.text())) {
                    listener.abandon();
                }
            }
        }
    }
}

}  // namespace lastcall::keeper

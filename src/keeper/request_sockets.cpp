// Listening sockets: opened, closed, steered, and how long the queues are.
#include <algorithm>
#include <cerrno>

#include "keeper/keeper.hpp"
#include "keeper/places.hpp"
#include "sys/clock.hpp"

namespace lastcall::keeper {

void keeper::on_listen(const message& asked, descriptors& /*given*/) {
    const std::string name(asked.text("service"));
    const std::string socket(asked.text("socket"));
    if (name.empty() || socket.empty() || socket.find(':') != std::string::npos) {
        throw request_error(EINVAL,
                            "`listen` needs a `service` and a `socket`, a name without ':'");
    }
    sys::shared_listener::terms terms;
    terms.address = asked.text("address");
    terms.backlog = static_cast<int>(asked.number("backlog").value_or(terms.backlog));
    terms.mode = static_cast<unsigned>(asked.number("mode").value_or(terms.mode));
    if (terms.backlog < 1) {
        throw request_error(EINVAL, "`backlog` must be at least 1");
    }
    if (const auto port = port_alone(terms.address); port != 0) {
        return listen_at_port(asked, port, terms.backlog);
    }
    const auto of = services_.find(name);
    if (of != services_.end()) {
        if (of->second.ports.contains(socket)) {
            throw request_error(EEXIST, name + " has a socket \"" + socket +
                                            "\" of which only the port is configured; "
                                            "`unlisten` it first");
        }
        const auto there = of->second.sockets.find(socket);
        if (there != of->second.sockets.end()) {
            const auto& at = there->second;
            if (at.wanted().address != terms.address && at.address() != terms.address) {
                throw request_error(EEXIST, name + " has a socket \"" + socket + "\" at " +
                                                at.address() + "; `unlisten` it first");
            }
            tell(done(asked).add("address", at.address()));
            return;
        }
    }
    const bool is_new = of == services_.end();
    terms.slot = is_new ? sys::shared_listener::unknown : of->second.steered_slot;
    auto made = open_listener(name, socket, terms);
    auto& owner = is_new ? services_[name] : of->second;
    owner.name = name;
    if (is_new) {
        owner.steered_slot = made.steered();
    }
    const std::string address = made.address();
    owner.sockets.emplace(socket, std::move(made));
    tell(done(asked).add("address", address));
}

/// The addresses are opened when a program binds them.
void keeper::listen_at_port(const message& asked, std::uint16_t number, int backlog) {
    const std::string name(asked.text("service"));
    const std::string socket(asked.text("socket"));
    const auto of = services_.find(name);
    const bool is_there = of != services_.end() && of->second.ports.contains(socket);
    if (of != services_.end() && (of->second.sockets.contains(socket) ||
                                  (is_there && of->second.ports.at(socket).number != number))) {
        throw request_error(EEXIST, name + " has a socket \"" + socket +
                                        "\" at another address; `unlisten` it first");
    }
    if (!is_there && !take_up_port(name, socket, number, backlog)) {
        sys::shared_listener::try_address({.address = "tcp:*:" + std::to_string(number)});
        auto& owner = services_[name];
        owner.name = name;
        owner.ports[socket] = {.number = number, .backlog = backlog, .places = {}};
    }
    message answer = done(asked);
    for (const auto& address : addresses_of(services_.at(name), socket)) {
        answer.add("address", address);
    }
    tell(answer);
}

void keeper::on_unlisten(const message& asked, descriptors& /*given*/) {
    const auto of = services_.find(std::string(asked.text("service")));
    if (of != services_.end()) {
        const std::string socket(asked.text("socket"));
        close_socket(of->second, socket);
        if (of->second.sockets.empty() && of->second.ports.empty() &&
            of->second.generations.empty()) {
            services_.erase(of);
        }
    }
    tell(done(asked));
}

void keeper::on_steer(const message& asked, descriptors& /*given*/) {
    auto& one = generation_named(asked);
    auto& of = services_.at(one.service);
    if (!one.lives()) {
        throw request_error(ESRCH, of.name + " " + std::to_string(one.number) + " has ended");
    }
    const auto before = sys::boottime_now();
    if (one.slot >= 0) {
        end_relays(of, one.slot);
        std::vector<std::pair<sys::shared_listener*, int>> moved;
        auto at = before;
        try {
            for (const auto& [listener, slot] : steering_to(of, one)) {
                const int before_that = listener->steered();
                listener->steer(slot);
                moved.emplace_back(listener, before_that);
                at = std::max(at, listener->steered_at());
            }
        } catch (const sys::listener_error&) {
            for (const auto& [listener, slot] : moved) {  // all of a service's sockets, or none
                listener->steer(slot);
            }
            throw;
        }
        of.steered_slot = one.slot;
        of.steered_to = one.number;
        // Not only where it was moved just now: a keeper before this one may have left some.
        if (const int other = 1 - one.slot; of.living_at(other) == nullptr) {
            serve_leftovers(of, other);
        }
        tell_ports(of, close_unbound(of, one));
        tell(done(asked).add("took_ns", (at - before).count()).add("at_ns", at.count()));
        return;
    }
    of.steered_to = one.number;
    tell(done(asked).add("took_ns", 0).add("at_ns", sys::boottime_now().count()));
}

void keeper::on_probe_path(const message& asked, descriptors& /*given*/) {
    auto& one = generation_named(asked);
    auto& of = services_.at(one.service);
    auto& listener = listener_to_ask(of, one, std::string(asked.text("socket")));
    const auto port = asked.number("port").value_or(0);
    tell(done(asked).add("address",
                         listener.let_through(static_cast<std::uint16_t>(port), one.slot)));
}

/// Addresses of ports have come or gone.
void keeper::tell_ports(const service& of, const std::vector<std::string>& sockets) {
    for (const auto& socket : sockets) {
        changed_ = true;
        message told("listener");
        told.add("service", of.name).add("socket", socket);
        for (const auto& address : addresses_of(of, socket)) {
            told.add("address", address);
        }
        tell(told);
    }
}

void keeper::on_queues(const message& asked, descriptors& /*given*/) {
    auto& of = service_named(asked);
    message answer = done(asked);
    for (auto& [name, listener] : of.sockets) {
        for (int slot = 0; slot < sys::shared_listener::slots; ++slot) {
            if (listener.fd(slot) < 0) {
                continue;
            }
            const auto length = listener.look(slot);
            const auto* const whose = of.living_at(slot);
            answer.add("queue", name + " " + std::to_string(whose == nullptr ? 0 : whose->number) +
                                    " " + (length.is_known ? std::to_string(length.waiting) : "?") +
                                    " " + std::to_string(length.handshakes) + " " +
                                    std::to_string(length.backlog));
        }
    }
    tell(answer);
}

}  // namespace lastcall::keeper

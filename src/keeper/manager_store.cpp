#include "keeper/manager_store.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "keeper/state.hpp"
#include "sys/lasting_text.hpp"
#include "sys/process/process.hpp"
#include "sys/process/service_start.hpp"

namespace lastcall::keeper {

using sys::shared_listener;

namespace {

constexpr int first_listen_fd = 3;  // SD_LISTEN_FDS_START

/// The value of a variable, which is taken out; empty: it is not there.
std::string take_variable(std::vector<std::string>& environment, std::string_view name) {
    const auto found = std::ranges::find_if(environment, [&](const std::string& one) {
        return one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=';
    });
    if (found == environment.end()) {
        return {};
    }
    std::string value = found->substr(name.size() + 1);
    environment.erase(found);
    return value;
}

int to_number(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? value : 0;
}

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find(at, begin), text.size());
        parts.emplace_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

/// Where clients find it. Unset: it is no socket that a keeper makes.
std::optional<sys::listen_address> address_of(int fd, int slot) {
    auto address = sys::address_of_socket(fd);
    if (!address || address->is_ip()) {
        return address;
    }
    auto path = shared_listener::path_of_slot(address->name, slot);
    if (!path) {
        return std::nullopt;
    }
    address->name = std::move(*path);
    return address;
}

std::size_t index(int slot) { return static_cast<std::size_t>(slot); }

}  // namespace

left_listener& manager_store::group_of(const std::string& service, const std::string& socket) {
    for (auto& one : left_) {
        if (one.service == service && one.socket == socket) {
            return one;
        }
    }
    auto& made = left_.emplace_back();
    made.service = service;
    made.socket = socket;
    made.kept.steered = shared_listener::unknown;
    return made;
}

std::vector<std::string> manager_store::take(std::vector<std::string>& environment) {
    const auto pid = take_variable(environment, "LISTEN_PID");
    const int count = to_number(take_variable(environment, "LISTEN_FDS"));
    const auto names = split(take_variable(environment, "LISTEN_FDNAMES"), ':');
    std::vector<std::string> said;
    if (to_number(pid) != sys::current_process_id()) {
        return said;
    }
    int state = -1;
    for (std::size_t i = 0; i < names.size() && static_cast<int>(i) < count; ++i) {
        const int fd = first_listen_fd + static_cast<int>(i);
        const auto& name = names[i];
        const auto inode = sys::inode_of(fd);
        if (!is_store_name(name) || inode == 0) {
            continue;
        }
        sys::unique_fd taken(fd);
        const bool is_first = held_.emplace(name, inode).second;
        if (name == stored_state) {
            state = state < 0 ? taken.release() : state;
            continue;
        }
        const auto what = store_name::parse(name);
        const auto address = what ? address_of(fd, what->slot) : std::nullopt;
        if (!address || !is_first) {
            said.push_back("the service manager had kept \"" + name +
                           "\", which this version does not know: closed");
            continue;
        }
        auto& group = group_of(what->service, what->socket);
        const bool is_other = (group.kept.sockets[0] || group.kept.sockets[1]) &&
                              !sys::is_same_address(group.address, *address);
        if (is_other) {
            said.push_back("the service manager had kept \"" + name +
                           "\" at two addresses: one is closed");
            continue;
        }
        group.address = *address;
        group.kept.sockets[index(what->slot)] = std::move(taken);
    }
    read_state(state);
    return said;
}

/// Which slot had the traffic, and how they stand in their group.
void manager_store::read_state(int fd) {
    if (fd < 0) {
        return;
    }
    const auto text = sys::lasting_text::take_over(sys::unique_fd(fd)).read();
    const auto items = text ? decode_state(*text) : std::nullopt;
    for (const auto& item : items.value_or(state_items{})) {
        const auto number = [&](std::string_view name) {
            return item.number(name) == 1 ? 1 : 0;  // a slot
        };
        for (auto& one : left_) {
            if (one.service != item.text("service")) {
                continue;
            }
            if (item.is("service")) {
                one.service_slot = number("steered_slot");
            } else if ((item.is("listener") || item.is("stored")) &&
                       one.socket == item.text("socket")) {
                one.kept.steered = number("steered");
                one.kept.order = read_order(item);
                if (item.is("stored")) {
                    one.service_slot = number("steered_slot");
                }
            }
        }
    }
}

std::optional<left_listener> manager_store::take_out(std::size_t place) {
    if (place >= left_.size()) {
        return std::nullopt;
    }
    std::optional<left_listener> found(std::move(left_[place]));
    left_.erase(left_.begin() + static_cast<std::ptrdiff_t>(place));
    return found;
}

namespace {

template <typename Condition>
std::size_t place_where(const std::vector<left_listener>& all, Condition&& fits) {
    return static_cast<std::size_t>(std::ranges::find_if(all, fits) - all.begin());
}

}  // namespace

std::optional<left_listener> manager_store::claim(const std::string& service,
                                                  const std::string& socket,
                                                  const sys::listen_address& wanted) {
    return take_out(place_where(left_, [&](const left_listener& one) {
        if (!wanted.is_ip() || wanted.port != 0) {
            return sys::is_same_address(one.address, wanted);
        }
        auto any_port = one.address;
        any_port.port = 0;
        return one.service == service && one.socket == socket &&
               sys::is_same_address(any_port, wanted);
    }));
}

std::optional<left_listener> manager_store::claim_name(std::string_view service,
                                                       std::string_view socket) {
    return take_out(place_where(left_, [&](const left_listener& one) {
        return one.service == service && one.socket == socket;
    }));
}

std::vector<left_listener> manager_store::claim_port(std::uint16_t port) {
    std::vector<left_listener> found;
    while (auto one = take_out(place_where(left_, [&](const left_listener& each) {
               return each.address.is_ip() && each.address.port == port;
           }))) {
        found.push_back(std::move(*one));
    }
    return found;
}

std::vector<left_listener> manager_store::claim_overlapping(const sys::listen_address& wanted) {
    std::vector<left_listener> found;
    while (auto one = take_out(place_where(left_, [&](const left_listener& each) {
               return sys::do_overlap(each.address, wanted);
           }))) {
        found.push_back(std::move(*one));
    }
    return found;
}

std::vector<left_listener> manager_store::claim_all() { return std::exchange(left_, {}); }

bool manager_store::knows(std::string_view service, std::string_view socket) const {
    return std::ranges::any_of(left_, [&](const left_listener& one) {
        return one.service == service && one.socket == socket;
    });
}

std::optional<int> manager_store::slot_of(std::string_view service) const {
    for (const auto& one : left_) {
        if (one.service == service && one.kept.steered != shared_listener::unknown) {
            return one.service_slot;
        }
    }
    return std::nullopt;
}

std::vector<wire::keeper_message> manager_store::state() const {
    std::vector<wire::keeper_message> items;
    for (const auto& one : left_) {
        auto& item = items.emplace_back("stored");
        item.add("service", one.service)
            .add("socket", one.socket)
            .add("steered", one.kept.steered)
            .add("steered_slot", one.service_slot);
        for (const auto& socket : one.kept.sockets) {
            item.add("fd", socket.get());
        }
        for (const int slot : one.kept.order) {
            item.add("order", slot);
        }
    }
    if (!held_.empty()) {
        auto& item = items.emplace_back("in_store");
        for (const auto& [name, inode] : held_) {
            item.add("name", name).add("inode", static_cast<std::int64_t>(inode));
        }
    }
    return items;
}

void manager_store::restore(const wire::keeper_message& item) {
    if (item.is("in_store")) {
        const auto names = item.all("name");
        const auto inodes = item.all("inode");
        for (std::size_t i = 0; i < names.size() && i < inodes.size(); ++i) {
            held_[names[i]] = static_cast<std::uint64_t>(std::atoll(inodes[i].c_str()));
        }
        return;
    }
    auto& one = group_of(std::string(item.text("service")), std::string(item.text("socket")));
    one.kept.steered = static_cast<int>(item.number("steered").value_or(shared_listener::unknown));
    one.kept.order = read_order(item);
    one.service_slot = static_cast<int>(item.number("steered_slot").value_or(0));
    const auto fds = item.all("fd");
    for (int slot = 0; slot < shared_listener::slots && index(slot) < fds.size(); ++slot) {
        sys::unique_fd socket(std::atoi(fds[index(slot)].c_str()));
        if (const auto address = address_of(socket.get(), slot)) {
            one.address = *address;
            one.kept.sockets[index(slot)] = std::move(socket);
        }
    }
}

}  // namespace lastcall::keeper

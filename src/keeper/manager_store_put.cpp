// What a keeper has open is put into the service manager's store, and taken out of it.
#include <array>

#include "keeper/manager_store.hpp"
#include "sys/process/service_start.hpp"

namespace lastcall::keeper {

std::vector<std::string> manager_store::put(const std::vector<entry>& wanted) {
    std::vector<std::string> said;
    is_behind_ = false;
    if (!manager_) {
        return said;
    }
    using outcome = sys::datagram_outbox::outcome;
    std::map<std::string, entry> all;
    for (const auto& one : wanted) {
        all.emplace(one.name, one);
    }
    for (const auto& one : left_) {
        for (int slot = 0; slot < sys::shared_listener::slots; ++slot) {
            if (const int fd = one.kept.sockets[static_cast<std::size_t>(slot)].get(); fd >= 0) {
                const auto name = store_name{one.service, one.socket, slot}.text();
                all.emplace(name, entry{name, fd, sys::inode_of(fd)});
            }
        }
    }
    // Two of one name are possible there, and all of a name are removed: first what goes.
    for (auto held = held_.begin(); held != held_.end();) {
        const auto there = all.find(held->first);
        if (there != all.end() && there->second.inode == held->second) {
            ++held;
            continue;
        }
        if (manager_.send("FDSTOREREMOVE=1\nFDNAME=" + held->first) == outcome::full) {
            is_behind_ = true;
            return said;
        }
        held = held_.erase(held);
    }
    for (const auto& [name, one] : all) {
        if (held_.contains(name)) {
            continue;
        }
        // It is not for the manager to close a socket that a program has shut down: that is
        // made to listen again.
        const std::array fds{one.fd};
        const auto sent = manager_.send("FDSTORE=1\nFDPOLL=0\nFDNAME=" + name, fds);
        if (sent == outcome::full) {
            is_behind_ = true;
            return said;
        }
        if (sent == outcome::sent) {
            held_[name] = one.inode;
        } else if (!std::exchange(has_complained_, true)) {
            said.emplace_back(
                "the service manager does not take sockets (NOTIFY_SOCKET): a restart of the "
                "unit will close them");
        }
    }
    return said;
}

}  // namespace lastcall::keeper

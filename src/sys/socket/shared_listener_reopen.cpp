// What was kept open while nobody looked after it becomes a shared_listener again.
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>

#include "sys/socket/reuseport.hpp"
#include "sys/socket/shared_listener.hpp"

namespace lastcall::sys {
namespace {

bool is_file_of(const std::optional<bound_file>& file, const std::string& path) noexcept {
    struct stat facts {};
    // The kernel's numbers have 32 bits here, and stat(2)'s device is packed in another way.
    return file && ::lstat(path.c_str(), &facts) == 0 && S_ISSOCK(facts.st_mode) &&
           static_cast<std::uint32_t>(facts.st_ino) == file->inode &&
           (major(facts.st_dev) << 20U | minor(facts.st_dev)) == file->device;
}

std::uint16_t port_of_socket(int fd) noexcept {
    listener_address bound;
    socklen_t size = sizeof bound.storage;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&bound.storage), &size);
    return bound.port();
}

}  // namespace

std::optional<std::string> shared_listener::path_of_slot(std::string_view bound, int slot) {
    const auto name = bound.rfind('/') + 1;
    const auto end = ".slot" + std::to_string(slot);
    if (name == 0 || bound.substr(name, 1) != "." || !bound.ends_with(end) ||
        bound.size() <= name + 1 + end.size()) {
        return std::nullopt;
    }
    auto path = std::string(bound.substr(0, name));
    path += bound.substr(name + 1, bound.size() - name - 1 - end.size());
    return path;
}

shared_listener shared_listener::reopen(terms what, kept from) {
    const int wanted = what.slot;
    shared_listener made(what, std::move(from));
    if (made.is_unix()) {
        made.find_paths();
    } else if (made.address_.port() == 0) {
        made.address_.set_port(port_of_socket(made.fd(made.at(0) ? 0 : 1)));
    }
    if (!made.at(0) && !made.at(1)) {
        what.slot = std::max(wanted, 0);
        return shared_listener(what);
    }
    made.find_steered();
    if (!made.is_unix() && made.order_.empty()) {
        made.find_order();
    }
    made.steer(wanted == unknown ? made.steered_ : wanted);
    made.prepare(made.steered_);
    return made;
}

void shared_listener::shut_down() noexcept {
    for (int slot = 0; !is_unix() && slot < slots; ++slot) {
        if (at(slot)) {
            ::shutdown(fd(slot), SHUT_RDWR);
        }
    }
}

void shared_listener::discard(const terms& what, kept from, bool is_last) {
    shared_listener gone(what, std::move(from));
    gone.abandon();
    if (is_last) {
        gone.shut_down();
    }
    for (int slot = 0; gone.is_unix() && slot < slots; ++slot) {
        const auto file = file_of_unix_socket(gone.fd(slot));
        for (const auto& path : {gone.address_.path, gone.slot_path(slot)}) {
            if (is_file_of(file, path)) {
                ::unlink(path.c_str());
            }
        }
    }
}

void shared_listener::find_steered() {
    if (steered_ != unknown && at(steered_)) {
        return;
    }
    const auto waiting = [this](int slot) {
        return at(slot) ? static_cast<int>(look(slot).waiting) : -1;
    };
    steered_ = waiting(1) > waiting(0) ? 1 : 0;
}

/// With one of them out of the group it is known; its queue goes to the other one.
void shared_listener::find_order() {
    const int other = 1 - steered_;
    if (!at(other) || !is_listening(fd(other))) {
        return;
    }
    if (migrate(other) != 0) {
        ::shutdown(fd(other), SHUT_RDWR);
        listen_again(other);
    }
}

/// A slot is of use while its file is there: the path is a link to it.
void shared_listener::find_paths() {
    for (int slot = 0; slot < slots; ++slot) {
        if (!at(slot)) {
            continue;
        }
        const auto file = file_of_unix_socket(fd(slot));
        const auto name = slot_path(slot);
        const bool is_there =
            is_file_of(file, name) ||
            (is_file_of(file, address_.path) && ::link(address_.path.c_str(), name.c_str()) == 0);
        if (!is_there) {
            sockets_[static_cast<std::size_t>(slot)].reset();
            continue;
        }
        ::chmod(name.c_str(), terms_.mode);
    }
}

}  // namespace lastcall::sys

#include "sys/socket/notify.hpp"

#include <dlfcn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <system_error>

namespace lastcall::sys {

notify_socket::notify_socket() {
    const char* name = std::getenv("NOTIFY_SOCKET");
    if (name == nullptr || *name == '\0') {
        return;
    }
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::size_t length = std::strlen(name);
    if ((name[0] != '/' && name[0] != '@') || length >= sizeof address.sun_path) {
        throw std::invalid_argument(std::string("NOTIFY_SOCKET=") + name +
                                    ": neither an absolute path nor an abstract name");
    }
    std::memcpy(address.sun_path, name, length);
    if (name[0] == '@') {
        address.sun_path[0] = '\0';
    }
    unique_fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    if (!fd || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) {
        throw std::system_error(errno, std::generic_category(),
                                std::string("cannot reach NOTIFY_SOCKET=") + name);
    }
    fd_ = std::move(fd);
}

void notify_socket::send(std::string_view lines) const noexcept {
    if (fd_) {
        // EAGAIN, ECONNREFUSED: the manager is busy or gone. Nobody to tell it to.
        ::send(fd_.get(), lines.data(), lines.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
}

std::optional<std::chrono::microseconds> systemd_watchdog() {
    const char* usec = std::getenv("WATCHDOG_USEC");
    const char* pid = std::getenv("WATCHDOG_PID");
    if (usec == nullptr || (pid != nullptr && std::atol(pid) != ::getpid())) {
        return std::nullopt;
    }
    const long long value = std::atoll(usec);
    return value > 0 ? std::optional(std::chrono::microseconds(value)) : std::nullopt;
}

std::string unit_of_cgroup(std::string_view cgroup_file) {
    // The last path element that is a service: "0::/system.slice/orders.service/sub".
    constexpr std::string_view suffix = ".service";
    std::string unit;
    std::size_t begin = 0;
    while (begin < cgroup_file.size()) {
        const std::size_t end =
            std::min(cgroup_file.find_first_of("/\n", begin), cgroup_file.size());
        const std::string_view element = cgroup_file.substr(begin, end - begin);
        if (element.size() > suffix.size() && element.ends_with(suffix)) {
            unit = element;
        }
        begin = end + 1;
    }
    return unit;
}

namespace {

// The four calls of sd-bus(3) that are needed, from a library that may not be there.
struct bus_library {
    using open_fn = int (*)(void**);
    using unref_fn = void* (*)(void*);
    using encode_fn = int (*)(const char*, const char*, char**);
    using property_fn = int (*)(void*, const char*, const char*, const char*, const char*, void*,
                                char, void*);
    using timeout_fn = int (*)(void*, std::uint64_t);

    bus_library() : handle(::dlopen("libsystemd.so.0", RTLD_LAZY | RTLD_LOCAL)) {
        if (handle != nullptr) {
            load(open_system, "sd_bus_open_system");
            load(open_user, "sd_bus_open_user");
            load(unref, "sd_bus_flush_close_unref");
            load(encode, "sd_bus_path_encode");
            load(property, "sd_bus_get_property_trivial");
            load(set_timeout, "sd_bus_set_method_call_timeout");
        }
    }
    [[nodiscard]] bool complete() const {
        return open_system != nullptr && open_user != nullptr && unref != nullptr &&
               encode != nullptr && property != nullptr && set_timeout != nullptr;
    }
    template <class Function>
    void load(Function& into, const char* name) {
        into = reinterpret_cast<Function>(::dlsym(handle, name));
    }

    void* handle;
    open_fn open_system = nullptr;
    open_fn open_user = nullptr;
    unref_fn unref = nullptr;
    encode_fn encode = nullptr;
    property_fn property = nullptr;
    timeout_fn set_timeout = nullptr;
};

std::string read_all(const char* path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

std::optional<std::chrono::microseconds> systemd_stop_timeout(std::string& why) {
    if (std::getenv("INVOCATION_ID") == nullptr) {
        return std::nullopt;
    }
    const std::string cgroup = read_all("/proc/self/cgroup");
    const std::string unit = unit_of_cgroup(cgroup);
    if (unit.empty()) {
        return std::nullopt;  // started by something that systemd started, such as a scope
    }
    const bus_library library;
    if (!library.complete()) {
        why = "libsystemd.so.0 is not there to ask for the stop timeout of " + unit;
        return std::nullopt;
    }
    const bool of_user = cgroup.find("/user@") != std::string::npos;
    void* raw = nullptr;
    const int opened = of_user ? library.open_user(&raw) : library.open_system(&raw);
    const std::unique_ptr<void, bus_library::unref_fn> bus(raw, library.unref);
    std::uint64_t usec = 0;
    char* path = nullptr;
    int error = opened;
    if (error >= 0) {
        library.set_timeout(raw, 1'000'000);
        error = library.encode("/org/freedesktop/systemd1/unit", unit.c_str(), &path);
    }
    if (error >= 0) {
        const std::unique_ptr<char, void (*)(void*)> free_path(path, std::free);
        error = library.property(raw, "org.freedesktop.systemd1", path,
                                 "org.freedesktop.systemd1.Service", "TimeoutStopUSec", nullptr,
                                 't', &usec);
    }
    if (error < 0) {
        why = "cannot ask systemd for the stop timeout of " + unit + ": " +
              std::generic_category().message(-error);
        return std::nullopt;
    }
    return usec >= static_cast<std::uint64_t>(std::chrono::microseconds::max().count())
               ? std::chrono::microseconds::max()
               : std::chrono::microseconds(static_cast<std::int64_t>(usec));
}

}  // namespace lastcall::sys

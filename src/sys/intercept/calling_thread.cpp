#include "sys/intercept/calling_thread.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include "sys/process/pidfd.hpp"
#include "sys/process/proc_reader.hpp"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

namespace lastcall::sys {
namespace {

constexpr std::size_t page = 4096;

std::optional<int> option(int fd, int level, int name) noexcept {
    int value = 0;
    socklen_t size = sizeof value;
    return ::getsockopt(fd, level, name, &value, &size) == 0 ? std::optional(value) : std::nullopt;
}

/// What the copy of a socket says of itself.
void read_copy(socket_facts& facts) {
    const int fd = facts.copy.get();
    const int domain = option(fd, SOL_SOCKET, SO_DOMAIN).value_or(0);
    const int type = option(fd, SOL_SOCKET, SO_TYPE).value_or(0);
    const int protocol = option(fd, SOL_SOCKET, SO_PROTOCOL).value_or(0);
    facts.is_ip6 = domain == AF_INET6;
    facts.shares_port = option(fd, SOL_SOCKET, SO_REUSEPORT).value_or(0) != 0;
    if (facts.is_ip6) {
        facts.is_only_ip6 = option(fd, IPPROTO_IPV6, IPV6_V6ONLY).value_or(0) != 0;
    }
    if (domain == AF_UNIX && type == SOCK_STREAM) {
        facts.flavour = socket_flavour::unix_stream;
    } else if (domain == AF_UNIX && type == SOCK_SEQPACKET) {
        facts.flavour = socket_flavour::unix_packets;
    } else if ((domain == AF_INET || domain == AF_INET6) && type == SOCK_STREAM &&
               (protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP)) {
        facts.flavour = socket_flavour::tcp;
    }
}

/// What the kernel calls its protocol, for who has no copy: "TCPv6", "UNIX-STREAM".
void read_protocol_name(socket_facts& facts, proc_path link) {
    std::array<char, 64> text{};
    const ssize_t size =
        ::getxattr(link.c_str(), "system.sockprotoname", text.data(), text.size() - 1);
    std::string_view name(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    name = name.substr(0, name.find('\0'));
    facts.is_ip6 = name.ends_with("v6");
    if (name.starts_with("TCP") || name.starts_with("MPTCP")) {
        facts.flavour = socket_flavour::tcp;
    } else if (name == "UNIX-STREAM") {
        facts.flavour = socket_flavour::unix_stream;
    }
}

std::optional<folder_entry> entry_in(const unique_fd& folder, std::string_view name) {
    struct stat facts {};
    if (!folder || name.empty() || name == "." || name == ".." ||
        ::fstat(folder.get(), &facts) != 0) {
        return {};
    }
    return folder_entry{facts.st_dev, facts.st_ino, std::string(name)};
}

/// "run/app.sock" is "run" and "app.sock"; "app.sock" is "." and itself.
std::pair<std::string, std::string> split(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) {
        return {".", path};
    }
    return {path.substr(0, slash + 1), path.substr(slash + 1)};
}

}  // namespace

std::optional<folder_entry> entry_of(const std::string& path) {
    const auto [folder, name] = split(path);
    return entry_in(unique_fd(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), name);
}

calling_thread::calling_thread(int thread) : thread_(thread), process_(thread) {
    std::array<char, 2048> text;
    const auto status = read_start(proc_path(thread_) / "status", text);
    if (status) {
        process_ = parse_id(field_of(*status, "Tgid:")).value_or(thread_);
    }
}

std::string calling_thread::text() const {
    std::array<char, 64> buffer;
    const auto name = read_start(proc_path(process_) / "comm", buffer);
    short_text<128> shown;
    shown.append_escaped(name ? name->substr(0, name->find('\n')) : "the program");
    return std::string(shown.view()) + " (pid " + std::to_string(process_) + ")";
}

int calling_thread::read_memory(std::uint64_t from, std::span<std::byte> into) const noexcept {
    const iovec own{into.data(), into.size()};
    // NOLINTNEXTLINE(performance-no-int-to-ptr): an address of another process.
    const iovec theirs{reinterpret_cast<void*>(from), into.size()};
    ssize_t size = ::process_vm_readv(thread_, &own, 1, &theirs, 1, 0);
    if (size < 0 && (errno == EPERM || errno == ENOSYS)) {
        // The seccomp profile of Docker 20.10 refuses the call. The file has the same rules,
        // and no such filter.
        const unique_fd memory(::open((proc_path(thread_) / "mem").c_str(), O_RDONLY | O_CLOEXEC));
        if (!memory) {
            return errno == ENOENT ? ESRCH : errno;
        }
        size = ::pread(memory.get(), into.data(), into.size(), static_cast<off_t>(from));
        if (size < 0 && errno == EIO) {
            return EFAULT;  // nothing is mapped there
        }
    }
    if (size < 0) {
        return errno;
    }
    return static_cast<std::size_t>(size) == into.size() ? 0 : EFAULT;
}

std::optional<std::string> calling_thread::read_path(std::uint64_t from) const {
    std::string path;
    std::array<char, page> part;
    while (path.size() < PATH_MAX) {
        // Up to the end of a page: the next one need not be there.
        const std::size_t size = page - from % page;
        if (read_memory(from, std::as_writable_bytes(std::span(part).first(size))) != 0) {
            return {};
        }
        const auto end = std::find(part.begin(), part.begin() + static_cast<long>(size), '\0');
        path.append(part.begin(), end);
        if (end != part.begin() + static_cast<long>(size)) {
            return path;
        }
        from += size;
    }
    return {};
}

std::uint64_t calling_thread::inode_of(int fd) const {
    constexpr std::string_view prefix = "socket:[";
    std::array<char, 64> buffer;
    const auto link = read_link(proc_path(thread_) / "fd" / fd, buffer);
    if (fd < 0 || !link || !link->starts_with(prefix)) {
        return 0;
    }
    return parse_number(link->substr(prefix.size(), link->size() - prefix.size() - 1)).value_or(0);
}

std::optional<socket_facts> calling_thread::socket(int fd) const {
    socket_facts facts;
    facts.inode = inode_of(fd);
    std::array<char, 512> buffer;
    const auto text = read_start(proc_path(thread_) / "fdinfo" / fd, buffer);
    if (facts.inode == 0 || !text) {
        return {};
    }
    // FD_CLOEXEC is a property of the number, so a copy does not tell it.
    const std::uint64_t flags = parse_number(field_of(*text, "flags:"), 8).value_or(0);
    facts.is_nonblocking = (flags & O_NONBLOCK) != 0;
    facts.closes_on_exec = (flags & O_CLOEXEC) != 0;
    facts.copy = take(fd);
    if (facts.copy) {
        read_copy(facts);
    } else {
        read_protocol_name(facts, proc_path(thread_) / "fd" / fd);
    }
    return facts;
}

unique_fd calling_thread::take(int fd) const noexcept {
    const unique_fd process = open_process(process_);
    if (!process) {
        return {};
    }
    return unique_fd(static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), fd, 0)));
}

std::optional<folder_entry> calling_thread::entry(int folder, const std::string& path) const {
    const auto [directory, name] = split(path);
    proc_path start(thread_);
    if (directory.front() == '/') {
        // Links on the way lead to places below the root of the thread, not below ours.
        const unique_fd root(::open((start / "root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        open_how how{};
        how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
        how.resolve = RESOLVE_IN_ROOT;
        return entry_in(unique_fd(static_cast<int>(::syscall(SYS_openat2, root.get(),
                                                             directory.c_str(), &how, sizeof how))),
                        name);
    }
    if (folder == AT_FDCWD) {
        start / "cwd";
    } else {
        start / "fd" / folder;
    }
    const unique_fd from(::open(start.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    return entry_in(
        unique_fd(::openat(from.get(), directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), name);
}

bool calling_thread::is_in_our_network() const {
    std::array<char, 64> theirs;
    std::array<char, 64> ours;
    const auto their_name = read_link(proc_path(thread_) / "ns" / "net", theirs);
    const auto our_name = read_link(proc_path("/proc/self") / "ns" / "net", ours);
    return !their_name || !our_name || *their_name == *our_name;
}

}  // namespace lastcall::sys

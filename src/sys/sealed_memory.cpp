#include "sys/sealed_memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace lastcall::sys {

namespace {

constexpr int all_seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;

}  // namespace

unique_fd seal_text(std::string_view text) noexcept {
    unique_fd memory(::memfd_create("lastcall", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    while (memory && !text.empty()) {
        const auto written = ::write(memory.get(), text.data(), text.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return {};
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (memory && ::fcntl(memory.get(), F_ADD_SEALS, all_seals) != 0) {
        return {};
    }
    return memory;
}

std::optional<std::string> read_sealed(int fd, std::size_t most) {
    // Without the seals its sender could change what was checked, or shrink it under us.
    constexpr int needed = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK;
    const int seals = ::fcntl(fd, F_GET_SEALS);
    struct stat facts {};
    if (seals < 0 || (seals & needed) != needed || ::fstat(fd, &facts) != 0 ||
        static_cast<std::size_t>(facts.st_size) > most) {
        return std::nullopt;
    }
    std::string text = read_file(fd, most);
    if (text.size() != static_cast<std::size_t>(facts.st_size)) {
        return std::nullopt;
    }
    return text;
}

unique_fd scratch_file() noexcept {
    return unique_fd(::memfd_create("lastcall-report", MFD_CLOEXEC));
}

std::string read_file(int fd, std::size_t most) {
    std::string text;
    struct stat facts {};
    if (::fstat(fd, &facts) == 0 && facts.st_size > 0) {
        text.resize(std::min(most, static_cast<std::size_t>(facts.st_size)));
    }
    std::size_t at = 0;
    while (at < text.size()) {
        const auto got = ::pread(fd, text.data() + at, text.size() - at, static_cast<off_t>(at));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        at += static_cast<std::size_t>(got);
    }
    text.resize(at);
    return text;
}

}  // namespace lastcall::sys

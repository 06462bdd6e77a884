#include "sys/readable_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace lastcall::sys {
namespace {

file_facts to_facts(const struct stat& s) noexcept {
    return {s.st_dev,
            s.st_ino,
            static_cast<std::uint64_t>(s.st_size),
            s.st_mode & 07777U,
            s.st_uid,
            std::chrono::seconds(s.st_ctim.tv_sec) + std::chrono::nanoseconds(s.st_ctim.tv_nsec)};
}

}  // namespace

std::optional<file_facts> facts_of(const std::string& path) noexcept {
    struct stat s {};
    return ::stat(path.c_str(), &s) == 0 ? std::optional(to_facts(s)) : std::nullopt;
}

readable_file::readable_file(const std::string& path) {
    const auto fail = [&](int error) {
        throw std::system_error(error, std::generic_category(), "cannot read \"" + path + "\"");
    };
    // O_NONBLOCK: the open of a FIFO without a writer would wait for one.
    fd_.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!fd_) {
        fail(errno);
    }
    struct stat s {};
    if (::fstat(fd_.get(), &s) != 0) {
        fail(errno);
    }
    if (!S_ISREG(s.st_mode)) {
        fail(EINVAL);
    }
}

file_facts readable_file::facts() const noexcept {
    struct stat s {};
    return ::fstat(fd_.get(), &s) == 0 ? to_facts(s) : file_facts{};
}

std::size_t readable_file::read_at(std::uint64_t offset, char* into,
                                   std::size_t room) const noexcept {
    std::size_t have = 0;
    while (have < room) {
        const ssize_t n =
            ::pread(fd_.get(), into + have, room - have, static_cast<off_t>(offset + have));
        if (n > 0) {
            have += static_cast<std::size_t>(n);
        } else if (n == 0 || errno != EINTR) {  // EINTR: nothing was read
            break;
        }
    }
    return have;
}

}  // namespace lastcall::sys

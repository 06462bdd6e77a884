#include "sys/held_file.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "sys/output.hpp"

namespace lastcall::sys {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

held_file::held_file(const std::string& path)
    : path_(path), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {
    if (!fd_) {
        fail(path);
    }
}

file_identity held_file::identity() const {
    struct stat facts {};
    if (::fstat(fd_.get(), &facts) != 0) {
        fail(path_);
    }
    const auto since_1970 = [](const timespec& at) {
        return static_cast<std::int64_t>(at.tv_sec) * 1'000'000'000 + at.tv_nsec;
    };
    return {facts.st_dev,
            facts.st_ino,
            static_cast<std::uint64_t>(facts.st_size),
            facts.st_mode & 07777U,
            S_ISREG(facts.st_mode),
            since_1970(facts.st_mtim),
            since_1970(facts.st_ctim)};
}

std::size_t held_file::read_at(std::uint64_t offset, std::span<std::byte> into) const {
    for (;;) {
        const auto got = ::pread(fd_.get(), into.data(), into.size(), static_cast<off_t>(offset));
        if (got >= 0) {
            return static_cast<std::size_t>(got);
        }
        if (errno != EINTR) {  // a slow file system may be interrupted: again
            fail(path_);
        }
    }
}

copy_way held_file::copy_to(const std::string& path, std::uint32_t mode) const {
    const unique_fd made(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
    if (!made) {
        fail(path);
    }
    const auto give_up = [&path](int error) {
        ::unlink(path.c_str());
        throw std::system_error(error, std::generic_category(), path);
    };
    auto way = copy_way::reflink;
    // EOPNOTSUPP, EXDEV, EINVAL: this file system can not, or not across two of them.
    if (::ioctl(made.get(), FICLONE, fd_.get()) != 0) {
        way = copy_way::copy;
        std::array<std::byte, 1U << 17U> bytes;  // NOLINT: filled before it is read
        std::uint64_t at = 0;
        try {
            while (const auto got = read_at(at, bytes)) {
                if (const int error = write_whole(
                        made.get(), {reinterpret_cast<const char*>(bytes.data()), got})) {
                    give_up(error);
                }
                at += got;
            }
        } catch (...) {
            ::unlink(path.c_str());
            throw;
        }
    }
    if (::fchmod(made.get(), mode) != 0 || ::fsync(made.get()) != 0) {
        give_up(errno);
    }
    return way;
}

bool held_file::has_capabilities() const noexcept {
    return ::fgetxattr(fd_.get(), "security.capability", nullptr, 0) > 0;
}

}  // namespace lastcall::sys

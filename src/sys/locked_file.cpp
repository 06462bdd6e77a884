#include "sys/locked_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <system_error>

namespace lastcall::sys {

namespace {

[[noreturn]] void fail(int error, const std::string& what, const std::string& path) {
    throw std::system_error(error, std::generic_category(), what + " \"" + path + "\"");
}

void make_entry_durable(const std::string& path) {
    const auto slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const unique_fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) {
        fail(errno, "cannot make what is in the folder durable:", folder);
    }
}

bool lock(int fd, int how) noexcept {
    int result = 0;
    do {
        result = ::flock(fd, how | LOCK_NB);
    } while (result != 0 && errno == EINTR);  // a signal came; whether it is locked is not known
    return result == 0;
}

}  // namespace

locked_file locked_file::open_or_make(const std::string& path) {
    locked_file file;
    file.fd_.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.fd_) {
        make_entry_durable(path);
        return file;
    }
    if (errno == EEXIST) {
        file.fd_.reset(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    }
    if (!file.fd_) {
        fail(errno, "cannot open the file", path);
    }
    return file;
}

locked_file locked_file::open_to_read(const std::string& path) {
    locked_file file;
    file.fd_.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.fd_ && errno != ENOENT) {
        fail(errno, "cannot read the file", path);
    }
    return file;
}

bool locked_file::try_lock_alone() noexcept { return lock(fd_.get(), LOCK_EX); }
bool locked_file::try_lock_shared() noexcept { return lock(fd_.get(), LOCK_SH); }
void locked_file::unlock() noexcept { ::flock(fd_.get(), LOCK_UN); }

int locked_file::holder() const {
    struct stat facts {};
    if (::fstat(fd_.get(), &facts) != 0) {
        return 0;
    }
    std::array<char, 64> name{};
    std::snprintf(name.data(), name.size(), " %02x:%02x:%llu ", major(facts.st_dev),
                  minor(facts.st_dev), static_cast<unsigned long long>(facts.st_ino));
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
        int pid = 0;
        if (line.find(name.data()) != std::string::npos &&
            std::sscanf(line.c_str(), "%*s FLOCK %*s %*s %d", &pid) == 1) {
            return pid;
        }
    }
    return 0;
}

std::string locked_file::read(std::size_t most) const {
    std::string bytes(most, '\0');
    std::size_t size = 0;
    while (size < most) {
        const ssize_t count =
            ::pread(fd_.get(), bytes.data() + size, most - size, static_cast<off_t>(size));
        if (count < 0 && errno == EINTR) {
            continue;  // nothing was read
        }
        if (count <= 0) {
            break;
        }
        size += static_cast<std::size_t>(count);
    }
    bytes.resize(size);
    return bytes;
}

int locked_file::write_durably(std::uint64_t offset, std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const ssize_t count =
            ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
            offset += static_cast<std::uint64_t>(count);
        } else if (errno != EINTR) {  // EINTR: nothing was written; go on
            return errno;
        }
    }
    return ::fdatasync(fd_.get()) == 0 ? 0 : errno;
}

std::uint64_t file_size(const std::string& path) noexcept {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

}  // namespace lastcall::sys

#include "sys/rotating_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace lastcall::sys {
namespace {

constexpr std::size_t most_kept = 1U << 20U;
constexpr std::size_t ask_every = 1U << 20U;

/// Fails with EAGAIN where it would have to wait for the disk, on file systems that can tell.
ssize_t write_at_once(int fd, std::string_view text) noexcept {
    const iovec part{const_cast<char*>(text.data()), text.size()};
    constexpr off_t at_the_end = -1;
    for (;;) {
        ssize_t written = ::pwritev2(fd, &part, 1, at_the_end, RWF_NOWAIT);
        if (written < 0 && (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL)) {
            written = ::write(fd, text.data(), text.size());
        }
        if (written >= 0 || errno != EINTR) {
            return written;
        }
    }
}

}  // namespace

void rotating_file::change(const terms& what) {
    if (what.path != what_.path) {
        file_.reset();
    }
    what_ = what;
}

bool rotating_file::open() noexcept {
    if (file_) {
        return true;
    }
    // Not followed, and no device or pipe: the folder may belong to somebody else.
    unique_fd opened(::open(what_.path.c_str(),
                            O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
                            0640));
    struct stat facts {};
    if (!opened || ::fstat(opened.get(), &facts) != 0) {
        error_ = errno;
        return false;
    }
    if (!S_ISREG(facts.st_mode)) {
        error_ = EINVAL;
        return false;
    }
    size_ = static_cast<std::uint64_t>(facts.st_size);
    until_asked_ = 0;
    file_ = std::move(opened);
    return true;
}

void rotating_file::rotate() noexcept {
    const auto name = [&](unsigned number) {
        return number == 0 ? what_.path : what_.path + "." + std::to_string(number);
    };
    file_.reset();
    if (what_.keep == 0) {
        ::unlink(what_.path.c_str());
        return;
    }
    for (unsigned number = what_.keep; number > 0; --number) {
        ::rename(name(number - 1).c_str(), name(number).c_str());
    }
}

bool rotating_file::has_room(std::size_t bytes) noexcept {
    if (what_.leave == 0) {
        return true;
    }
    if (until_asked_ >= bytes) {
        until_asked_ -= bytes;
        return true;
    }
    struct statvfs disk {};
    if (::fstatvfs(file_.get(), &disk) != 0) {
        return true;
    }
    const std::uint64_t free = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
    if (free < what_.leave + bytes) {
        error_ = ENOSPC;
        return false;
    }
    until_asked_ = std::min<std::uint64_t>(ask_every, (free - what_.leave - bytes) / 2);
    return true;
}

std::size_t rotating_file::put(std::string_view lines) noexcept {
    if (size_ > 0 && size_ + lines.size() > what_.limit && open() && !in_line_) {
        rotate();
    }
    if (!open() || !has_room(lines.size())) {
        return 0;
    }
    std::size_t at = 0;
    while (at < lines.size()) {
        const ssize_t written = write_at_once(file_.get(), lines.substr(at));
        if (written <= 0) {
            error_ = written < 0 ? errno : ENOSPC;
            break;
        }
        at += static_cast<std::size_t>(written);
    }
    size_ += at;
    return at;
}

void rotating_file::write(std::string_view lines) noexcept {
    if (!kept_.empty() && flush()) {
        if (kept_.size() + lines.size() <= most_kept) {
            kept_ += lines;
        } else {
            dropped_ += lines.size();
        }
        return;
    }
    while (!lines.empty()) {
        // In parts that fit the limit, each of whole lines.
        const std::size_t room = size_ < what_.limit ? what_.limit - size_ : what_.limit;
        std::size_t part = lines.size();
        if (part > room) {
            const auto end = lines.rfind('\n', std::max<std::size_t>(room, 1) - 1);
            part = end == std::string_view::npos ? lines.find('\n') : end;
            part = part == std::string_view::npos ? lines.size() : part + 1;
        }
        const std::string_view now = lines.substr(0, part);
        const std::size_t written = put(now);
        lines.remove_prefix(part);
        if (written == now.size()) {
            in_line_ = false;
            continue;
        }
        if (error_ == EAGAIN) {
            kept_ = now.substr(written);
            kept_ += lines;
            in_line_ = written > 0;
            return;
        }
        drop_rest(now, written);
    }
}

/// A line that was begun is ended, when there is room again, so that the next one is whole.
void rotating_file::drop_rest(std::string_view lines, std::size_t written) noexcept {
    dropped_ += lines.size() - written;
    if (written > 0 && lines[written - 1] != '\n') {
        kept_ = "\n";
        in_line_ = true;
    }
}

bool rotating_file::flush() noexcept {
    if (kept_.empty()) {
        return false;
    }
    const std::string all = std::move(kept_);
    kept_.clear();
    const std::size_t written = put(all);
    if (written < all.size()) {
        kept_ = all.substr(written);
        if (kept_.size() > most_kept) {
            dropped_ += kept_.size();
            kept_.clear();
        }
        return true;
    }
    in_line_ = false;
    return false;
}

}  // namespace lastcall::sys

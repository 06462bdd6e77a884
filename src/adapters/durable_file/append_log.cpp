#include "adapters/durable_file/append_log.hpp"

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace lastcall::detail {

append_log::append_log(std::string path, unsigned mode, std::size_t buffer_bytes, durable::disk& on)
    : path_(std::move(path)), limit_(buffer_bytes), disk_(on) {
    if (path_.empty()) {
        throw std::invalid_argument("durable file: the path is empty");
    }
    durable::opened opened = durable::open_to_append(path_, mode);
    fd_ = std::move(opened.fd);
    if (opened.is_new) {
        // Without this a crash could take the name, and with it all that was synced.
        const sys::unique_fd directory = durable::open_directory_of(path_);
        if (const int error = disk_.sync_all(directory.get()); error != 0) {
            throw std::system_error(error, std::generic_category(),
                                    "sync the directory of " + path_);
        }
    }
}

void append_log::append(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    check_usable();
    buffer_.append(bytes);
    if (buffer_.size() >= limit_) {
        write_out();
    }
}

void append_log::sync() {
    const std::lock_guard lock(mutex_);
    check_usable();
    write_out();
    if (const int error = disk_.sync_content(fd_.get()); error != 0) {
        spoil(error, "sync");
    }
}

void append_log::close() {
    const std::lock_guard lock(mutex_);
    if (!fd_) {
        return;
    }
    int error = failed_;
    std::string_view rest = buffer_;
    if (error == 0) {
        error = disk_.write(fd_.get(), rest);
    }
    if (error == 0) {
        error = disk_.sync_all(fd_.get());
    }
    const int at_close = disk_.close(fd_);
    error = error != 0 ? error : at_close;
    if (error != 0) {
        throw std::system_error(
            error, std::generic_category(),
            "close " + path_ + ", " + std::to_string(rest.size()) + " bytes not written");
    }
    buffer_.clear();
}

std::size_t append_log::buffered() const {
    const std::lock_guard lock(mutex_);
    return buffer_.size();
}

void append_log::check_usable() const {
    if (!fd_) {
        throw std::system_error(EBADF, std::generic_category(), path_ + " is closed");
    }
    if (failed_ != 0) {
        throw std::system_error(failed_, std::generic_category(), path_ + " failed before");
    }
}

void append_log::write_out() {
    std::string_view rest = buffer_;
    const int error = disk_.write(fd_.get(), rest);
    buffer_.erase(0, buffer_.size() - rest.size());
    if (error != 0) {
        spoil(error, "write");
    }
}

void append_log::spoil(int error, const char* doing) {
    failed_ = error;
    throw std::system_error(error, std::generic_category(), std::string(doing) + " " + path_);
}

}  // namespace lastcall::detail

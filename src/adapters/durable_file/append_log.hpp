// The buffer and the file of a durable_file.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include "adapters/durable_file/sys_disk.hpp"
#include "sys/fd.hpp"

namespace lastcall::detail {

class append_log {
public:
    /// Errors: std::invalid_argument, std::system_error.
    append_log(std::string path, unsigned mode, std::size_t buffer_bytes,
               durable::disk& on = durable::disk::real());

    void append(std::string_view bytes);
    void sync();

    /// Writes, syncs and closes; does nothing the second time.
    /// Errors: std::system_error; the descriptor is closed all the same.
    void close();

    [[nodiscard]] std::size_t buffered() const;

private:
    void check_usable() const;
    void write_out();
    [[noreturn]] void spoil(int error, const char* doing);

    const std::string path_;
    const std::size_t limit_;
    durable::disk& disk_;
    mutable std::mutex mutex_;
    sys::unique_fd fd_;  // empty: closed
    std::string buffer_;
    int failed_ = 0;  // errno of the first failure: nothing is trusted after it
};

}  // namespace lastcall::detail

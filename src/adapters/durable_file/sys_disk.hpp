// The system calls of durable files, behind one seam: a test puts a failing disk there.
#pragma once

#include <string>
#include <string_view>

#include "sys/fd.hpp"

namespace lastcall::durable {

/// Each call returns 0 or errno.
class disk {
public:
    virtual ~disk() = default;

    /// Writes all of `bytes`, and leaves in it what was not written.
    virtual int write(int fd, std::string_view& bytes) noexcept;
    /// fdatasync(2): the content, and what of the metadata is needed to read it.
    virtual int sync_content(int fd) noexcept;
    /// fsync(2), also of a directory.
    virtual int sync_all(int fd) noexcept;
    virtual int close(sys::unique_fd& fd) noexcept;
    virtual int rename(int directory, const char* from, const char* to) noexcept;

    static disk& real() noexcept;
};

struct opened {
    sys::unique_fd fd;
    bool is_new = false;
};

/// Opens for appending, and makes it if need be. Errors: std::system_error.
opened open_to_append(const std::string& path, unsigned mode);

/// The directory that `path` lies in. Errors: std::system_error.
sys::unique_fd open_directory_of(const std::string& path);

/// Makes a new file in `directory`. Errors: std::system_error.
sys::unique_fd make_beside(int directory, const std::string& name);

/// The mode of `name`, or `otherwise` less the umask when there is none.
unsigned mode_of(int directory, const char* name, unsigned otherwise) noexcept;

/// Returns: 0 or errno.
int set_mode(int fd, unsigned mode) noexcept;

void remove(int directory, const char* name) noexcept;

}  // namespace lastcall::durable

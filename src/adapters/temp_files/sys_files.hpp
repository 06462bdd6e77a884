// The system calls of the temporary files: all relative to an open directory, none
// following a symbolic link.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "sys/fd.hpp"

namespace lastcall::temp {

/// Errors: std::system_error of `error` and "what", always.
[[noreturn]] void fail(int error, const std::string& what);

/// Opens a directory by its path. Links in the path of the parent are the user's choice.
/// Errors: std::system_error.
sys::unique_fd open_parent(const std::string& path);

/// Opens a directory inside `parent`: not through a link, not on another mount.
/// Returns: empty when that is not what the name is; errno says why.
sys::unique_fd open_inside(int parent, const char* name) noexcept;

/// Whether this user owns what `fd` is.
bool is_mine(int fd) noexcept;

/// Returns: 0 or errno.
int make_directory(int parent, const char* name) noexcept;

/// Makes a new file, mode 0600, or fails with EEXIST. Returns: empty; errno says why.
sys::unique_fd make_file(int directory, const char* name) noexcept;

/// Opens an existing regular file, not through a link. Returns: empty; errno says why.
sys::unique_fd open_file(int directory, const char* name) noexcept;

/// Makes a file without a name. Returns: empty; errno says why.
sys::unique_fd make_unnamed(int directory) noexcept;

enum class locked { mine, held_by_other, failed };

/// flock(2), exclusive, without waiting.
locked try_lock(int fd) noexcept;

/// Whether the file still has a name: one who removes it takes that away first.
bool is_linked(int fd) noexcept;

/// Returns: 0 or errno. ENOENT counts as done.
int remove_file(int directory, const char* name) noexcept;
int remove_directory(int parent, const char* name) noexcept;

/// Calls `each` with every name but "." and "..", until it returns false.
/// Errors: std::system_error.
void list(int directory, const std::function<bool(const char* name)>& each);

/// Removes everything inside `directory` except `keep`.
/// Errors: std::system_error, with the name of what could not be removed; the rest is
///         removed all the same. ECANCELED when `stop` was requested before the end.
void remove_inside(int directory, std::string_view keep, const std::stop_token& stop);

void write_all(int fd, std::string_view bytes);
std::string read_all(int fd);
void seek_start(int fd);
void truncate(int fd);

}  // namespace lastcall::temp

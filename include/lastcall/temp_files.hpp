// Temporary files that are gone when the service is: after a stop, and after a crash.
//
// Everything lies in one private directory per instance, which is held by a lock file.
// A stop removes the directory. A crash releases the lock, and the next instance that
// starts under the same name and parent removes what has no holder. The lock decides,
// never the process id: ids are reused, and mean nothing in another pid namespace.
//
// Removal follows no symbolic link, crosses into no other mount, and so never touches
// what lies outside the directory. What must survive a stop is durable_file.hpp's.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <lastcall/lifecycle.hpp>

namespace lastcall {

namespace detail {
class temp_tree;
}

/// An open file, removed when destroyed; move-only.
///
/// Threads:  one at a time.
/// Lifetime: may outlive its directory; its name is then gone already.
class temp_file {
public:
    temp_file() noexcept = default;
    temp_file(temp_file&& other) noexcept;
    temp_file& operator=(temp_file&& other) noexcept;
    ~temp_file();

    /// False when empty, moved from, or closed.
    [[nodiscard]] explicit operator bool() const noexcept { return fd_ >= 0; }

    /// Absolute; empty for an anonymous file.
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    /// Open for reading and writing, close-on-exec; owned by this object.
    [[nodiscard]] int fd() const noexcept { return fd_; }

    /// Writes all of `bytes` at the current position.
    /// Errors:  std::system_error (ENOSPC, EIO, …); a part may have been written.
    void write(std::string_view bytes);

    /// The whole content, whatever the position.
    /// Errors:  std::system_error.
    [[nodiscard]] std::string read_all() const;

    /// Moves the position to the start, and drops the content if asked.
    /// Errors:  std::system_error.
    void rewind();
    void truncate();

    /// Closes and removes it now. Does nothing when empty.
    void remove() noexcept;

private:
    friend class temp_directory;
    temp_file(std::shared_ptr<detail::temp_tree> in, std::string name, std::string path, int fd)
        : in_(std::move(in)), name_(std::move(name)), path_(std::move(path)), fd_(fd) {}
    std::shared_ptr<detail::temp_tree> in_;
    std::string name_;  // in the directory; empty: anonymous
    std::string path_;
    int fd_ = -1;
};

struct temp_options {
    /// Of the component, and the first part of the directory's name, so that leftovers
    /// are found again: letters, digits, '-', '_' and '.', not starting with '.'.
    std::string name = "tmp";
    std::string parent = {};  ///< empty: $TMPDIR, else /tmp
    uses_list uses = nothing;
    share close_share = {};
};

/// The private directory PARENT/NAME.PID.RANDOM, mode 0700, as one component.
///
/// Lifetime: must outlive `run` of its lifecycle.
/// Example:  examples/orders/
class temp_directory {
public:
    /// Removes what crashed instances left, makes the directory, adds itself to `life`.
    ///
    /// A leftover that cannot be removed stays for the next start; that is no error,
    /// see `leftovers_kept`. Directories of other users are not touched.
    /// Errors:   std::invalid_argument (the name; as `lifecycle::add`), std::system_error
    ///           (the parent cannot be opened or written). Nothing is left then.
    temp_directory(lifecycle& life, temp_options options);
    temp_directory(const temp_directory&) = delete;
    temp_directory& operator=(const temp_directory&) = delete;

    /// Removes it, if no stop has.
    ~temp_directory();

    [[nodiscard]] const std::string& path() const noexcept;

    /// A new file `<random><suffix>`, mode 0600.
    ///
    /// `suffix`  as ".csv"; without '/'.
    /// Errors:   std::invalid_argument (suffix), std::system_error; ESHUTDOWN after the
    ///           directory was removed. Nothing is left.
    /// Threads:  any.
    [[nodiscard]] temp_file create(std::string_view suffix = {});

    /// A new file without a name, which no crash can leave behind (O_TMPFILE; where the
    /// file system has none, a file that is unlinked at once).
    ///
    /// Errors and threads: as `create`.
    [[nodiscard]] temp_file anonymous();

    /// Directories of crashed instances that the start removed.
    [[nodiscard]] std::size_t leftovers_removed() const noexcept;
    /// Those it could not remove; the reason of the last one is in `why`.
    [[nodiscard]] std::size_t leftovers_kept(std::string* why = nullptr) const;

private:
    std::shared_ptr<detail::temp_tree> tree_;
};

}  // namespace lastcall

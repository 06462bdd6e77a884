// Files whose content is on the disk when the service says so, and when it has ended.
//
// `durable_file` is an append log: appends are buffered, `sync` makes them durable, and
// the stop does the last sync, with its failure in the report instead of lost in a
// destructor. `replace` gives a file new content so that every reader, and every crash,
// sees the old or the new one whole.
//
// After a failed fsync the kernel may have dropped what it could not write and report
// success the next time (fsync(2), "Bugs" of many file systems). So the first failure
// stays: from then on every call fails with it, until the file is opened anew.
//
// It locks nobody out: one writer per file is the caller's to see to.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <lastcall/lifecycle.hpp>

namespace lastcall {

namespace detail {
class append_log;
}

struct durable_file_options {
    std::string name = "durable file";  ///< of the component
    std::string path = {};
    unsigned mode = 0640;                  ///< of a file that is made, less the umask
    std::size_t buffer_bytes = 64 * 1024;  ///< written out when full; 0: every append is
    uses_list uses = nothing;
    share close_share = {};
};

/// An append log, as one component. Its close step writes, syncs and closes.
///
/// Threads:  any; appends of different threads do not mix.
/// Lifetime: must outlive `run` of its lifecycle.
/// Example:  examples/orders/
class durable_file {
public:
    /// Opens for appending, and adds itself to `life`. A file that is made is made
    /// durable with its directory entry.
    ///
    /// Errors:   std::invalid_argument (empty path; as `lifecycle::add`),
    ///           std::system_error.
    durable_file(lifecycle& life, durable_file_options options);
    durable_file(const durable_file&) = delete;
    durable_file& operator=(const durable_file&) = delete;

    /// Closes as the close step does, if no stop has; an error has nowhere to go then.
    ~durable_file();

    /// Adds `bytes` at the end, as one piece.
    ///
    /// Errors:   std::system_error: the failure of this or an earlier write or sync; what
    ///           was appended since the last `sync` that returned may be lost. EBADF
    ///           after the stop has closed the file: nothing was appended.
    /// Blocks:   on the disk, when the buffer is full.
    void append(std::string_view bytes);

    /// Makes every append that has returned durable.
    ///
    /// Errors:   as `append`.
    /// Blocks:   on the disk, without a limit that a program could set.
    void sync();

    /// Bytes that were appended and not yet given to the kernel.
    [[nodiscard]] std::size_t buffered() const;

    /// Gives the file at `path` this content, durably: a new file in the same directory,
    /// fsync, rename(2), fsync of the directory.
    ///
    /// `path`    a symbolic link is replaced, not followed.
    /// `mode`    of a file that did not exist; else its mode is kept.
    /// Errors:   std::system_error; the file has its old content. Only when the last
    ///           step, the directory's fsync, fails has it the new one: visible, but
    ///           perhaps not after a crash.
    /// Threads:  any; of several at once, one is the last.
    static void replace(const std::string& path, std::string_view content, unsigned mode = 0644);

private:
    std::shared_ptr<detail::append_log> log_;
};

}  // namespace lastcall

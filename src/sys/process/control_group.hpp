// A cgroup of one's own, of version 2 or 1, for one subject: cgroups(7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// A new cgroup below our own; removed at the end, when nobody is left in it.
class control_group {
public:
    /// Returns: nothing where none can be made (read-only, no right to); then `why` says so.
    /// `name`  what its folder's name begins with
    [[nodiscard]] static std::optional<control_group> make(std::string& why,
                                                           const char* name = "lastcall-drill");
    /// One that `make` has made, in this process or in one before it.
    [[nodiscard]] static control_group take_over(std::string folder) noexcept {
        return control_group(std::move(folder));
    }
    control_group(control_group&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}
    control_group& operator=(control_group&& other) noexcept {
        std::swap(folder_, other.folder_);
        return *this;
    }
    control_group(const control_group&) = delete;
    control_group& operator=(const control_group&) = delete;
    ~control_group();

    [[nodiscard]] const std::string& folder() const noexcept { return folder_; }
    [[nodiscard]] std::string folder_above() const { return folder_.substr(0, folder_.rfind('/')); }

    /// cgroup.procs, open for writing: "0" puts the writer in. Empty: it can not be opened.
    [[nodiscard]] unique_fd open_for_entry() const noexcept;

    /// Writes one of its settings, "memory.max"; enables the controller above it if need be.
    /// Returns: 0 or errno (ENOENT: the controller is not there, or this is version 1; EBUSY:
    /// there are processes in the group above: enable_beside_leaf()).
    [[nodiscard]] int set(const std::string& name, const std::string& value) const noexcept;

    /// A number on a line of one of its files: ("memory.events", "oom_kill"). 0: not there.
    [[nodiscard]] std::uint64_t read_number(const std::string& file, const std::string& name) const;

    /// Somebody else removes it.
    std::string release() noexcept { return std::exchange(folder_, {}); }

    /// Who is in it or below it.
    [[nodiscard]] std::vector<int> processes() const;

    /// SIGKILL to all of it, at once where the kernel can (5.14).
    void kill() const noexcept;

private:
    explicit control_group(std::string folder) noexcept : folder_(std::move(folder)) {}
    std::string folder_;
};

/// The processes in the cgroup with this folder, and below it.
[[nodiscard]] std::vector<int> processes_of_cgroup(const std::string& folder);

/// Where a cgroup path as systemd writes it ("/system.slice/x.service") is mounted; empty
/// where it is not.
[[nodiscard]] std::string folder_of_cgroup(const std::string& path);

}  // namespace lastcall::sys

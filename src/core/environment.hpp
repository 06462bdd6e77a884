// The environment of a program that the keeper starts, made from the keeper's own.
//
// Some variables hold the process id of whom they are meant for (sd_listen_fds(3),
// sd_watchdog_enabled(3)), and the child's is only known after fork(2). So everything is
// laid out before, with room for digits, and the child fills in the digits: `finish` calls
// nothing that is not async-signal-safe. Entries that stay as they are are not copied.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/fixed_text.hpp"

namespace lastcall::core {

struct environment_wish {
    int keeper_pid = 0;
    std::uint64_t keeper_pidfs_id = 0;  ///< 0: this kernel has none
    std::string_view notify_socket{};   ///< empty: NOTIFY_SOCKET stays as it is
    std::chrono::nanoseconds grace{0};  ///< what the program may use; 0: it is not told

    /// A command beside the main program: it is told when the stop ends and whose it is,
    /// and what was meant for the main program (sockets, watchdog) is kept from it.
    struct stop {
        std::chrono::nanoseconds deadline{0};  ///< CLOCK_MONOTONIC
        int main_pid = 0;                      ///< 0: gone
    };
    std::optional<stop> pre_stop{};
};

/// What of a stop's time the main program may use: without the reserve and the delay.
std::chrono::nanoseconds grace_for_service(std::chrono::nanoseconds grace,
                                           std::chrono::nanoseconds reserve,
                                           std::chrono::nanoseconds delay) noexcept;

class environment {
public:
    /// Pointers that are needed for an environment of `count` entries.
    static constexpr std::size_t pointers_for(std::size_t count) noexcept { return count + 10; }

    /// Lays the environment out. `from` ends with a null pointer; its entries must stay
    /// where they are. `room` is `pointers_for` large.
    void prepare(char* const* from, const environment_wish& wish, std::span<char*> room) noexcept;

    /// In the child. `pidfs_id` 0: unknown; then what asks for one is left out.
    /// Returns: what execve(2) takes.
    char* const* finish(int pid, std::uint64_t pidfs_id) noexcept;

    /// Whether LISTEN_FDS was meant for the keeper, and so is for the child.
    [[nodiscard]] bool passes_sockets() const noexcept { return passes_sockets_; }

private:
    struct slot {
        std::size_t index = 0;  ///< in the pointers
        char* digits = nullptr;
        bool of_pidfs = false;
    };
    static constexpr std::size_t digits_room = 21;

    void add(char* entry) noexcept;
    char* text(std::string_view key, std::string_view value) noexcept;
    void add_with_room(std::string_view key, bool of_pidfs) noexcept;
    void judge(char* const* from, const environment_wish& wish) noexcept;
    [[nodiscard]] bool is_dropped(std::string_view key,
                                  const environment_wish& wish) const noexcept;
    void remove(std::size_t index) noexcept;

    std::span<char*> pointers_;
    std::size_t count_ = 0;
    std::array<slot, 4> slots_{};
    std::size_t slot_count_ = 0;
    bool passes_sockets_ = false;
    bool has_pidfs_id_ = false;
    bool watchdog_is_ours_ = false;
    bool exec_pid_is_ours_ = false;
    fixed_text<1024> texts_;
};

}  // namespace lastcall::core

#include "sys/process_signals.hpp"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "sys/clock.hpp"
#include "sys/process_facts.hpp"

namespace lastcall::sys {
namespace {

constexpr std::size_t table_size = 1U << 16U;
constexpr int passes_at_most = 64;

/// The table of a walk: its own pages, or, without memory, a few entries that are there.
class walk_table {
public:
    walk_table() noexcept : entries_(memory_.as<process_entry>(table_size)) {
        if (entries_.empty()) {
            entries_ = few_;
        }
    }
    descendants walk(int root) noexcept {
        const descendants found = find_descendants(root, entries_);
        found_ = entries_.first(found.count);
        return found;
    }
    [[nodiscard]] std::span<const process_entry> found() const noexcept { return found_; }

private:
    scratch_memory memory_{table_size * sizeof(process_entry)};
    std::array<process_entry, 64> few_{};
    std::span<process_entry> entries_;
    std::span<const process_entry> found_;
};

/// Who was signalled already, by id and start time; open addressing.
class handled_set {
public:
    [[nodiscard]] bool contains(const process_entry& entry) const noexcept {
        for (std::size_t at = first(entry); !slots_.empty() && slots_[at].pid != 0;
             at = (at + 1) % slots_.size()) {
            if (slots_[at].pid == entry.pid && slots_[at].start_time == entry.start_time) {
                return true;
            }
        }
        return false;
    }
    /// Returns: false when it can not be remembered: without memory, or full.
    bool insert(const process_entry& entry) noexcept {
        if (count_ >= slots_.size() / 2) {
            return false;
        }
        std::size_t at = first(entry);
        while (slots_[at].pid != 0) {
            at = (at + 1) % slots_.size();
        }
        slots_[at] = {entry.start_time, entry.pid};
        ++count_;
        return true;
    }

private:
    struct slot {
        std::uint64_t start_time;
        int pid;
    };
    [[nodiscard]] std::size_t first(const process_entry& entry) const noexcept {
        return slots_.empty() ? 0 : static_cast<std::size_t>(entry.pid) * 40503U % slots_.size();
    }
    scratch_memory memory_{4 * table_size * sizeof(slot)};
    std::span<slot> slots_ = memory_.as<slot>(4 * table_size);
    std::size_t count_ = 0;
};

bool is_among(std::span<const int> pids, int pid) noexcept {
    return std::find(pids.begin(), pids.end(), pid) != pids.end();
}

enum class outcome : std::uint8_t {
    sent,
    gone,
    moved,    ///< it has got another parent since the walk: the next walk finds it there
    refused,  ///< EPERM
};

outcome try_to_send(const process_entry& entry, int root, int number, int then = 0) noexcept {
    const unique_fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, entry.pid, 0)));
    if (!pidfd && errno == ESRCH) {
        return outcome::gone;
    }
    const auto now = read_process(entry.pid);
    if (!now || now->start_time != entry.start_time || now->is_dead()) {
        return outcome::gone;
    }
    // The start time counts in ticks of 10 ms: a successor within the same tick is told
    // apart by its parent.
    if (now->ppid != entry.ppid && now->ppid != root) {
        return outcome::moved;
    }
    if (pidfd) {
        if (::syscall(SYS_pidfd_send_signal, pidfd.get(), number, nullptr, 0) == 0) {
            if (then != 0) {
                ::syscall(SYS_pidfd_send_signal, pidfd.get(), then, nullptr, 0);
            }
            return outcome::sent;
        }
        if (errno == ESRCH || errno == EPERM) {
            return errno == ESRCH ? outcome::gone : outcome::refused;
        }
    }
    if (::kill(entry.pid, number) != 0) {
        return outcome::refused;
    }
    if (then != 0) {
        ::kill(entry.pid, then);
    }
    return outcome::sent;
}

/// One walk and one signal to everyone in it who has not had it. Returns whether another
/// pass can bring something new.
struct pass_result {
    std::size_t sent = 0;
    bool again = false;
};

pass_result signal_once(walk_table& table, handled_set& handled,
                        const signal_request& request) noexcept {
    pass_result result;
    for (const process_entry& entry : table.found()) {
        if (entry.is_dead()) {
            // Newly dead: what it started on its way out may stand elsewhere by now.
            result.again = (!handled.contains(entry) && handled.insert(entry)) || result.again;
            continue;
        }
        if (entry.start_time <= request.started_after || is_among(request.except, entry.pid) ||
            handled.contains(entry)) {
            continue;
        }
        switch (try_to_send(entry, request.root, request.number, request.then)) {
            case outcome::sent:
                ++result.sent;
                result.again = handled.insert(entry) || result.again;
                break;
            case outcome::moved:
            case outcome::gone:
                result.again = true;
                break;
            case outcome::refused:
                break;
        }
    }
    return result;
}

void list(const process_entry& entry, std::span<killed_process> into,
          kill_result& result) noexcept {
    if (result.listed < into.size()) {
        killed_process& one = into[result.listed++];
        one.pid = entry.pid;
        read_command(entry.pid, one.command);
    }
}

}  // namespace

bool send_signal_to(const process_entry& entry, int root, int number) noexcept {
    return try_to_send(entry, root, number) == outcome::sent;
}

std::size_t signal_descendants(const signal_request& request) noexcept {
    walk_table table;
    handled_set handled;
    std::size_t sent = 0;
    for (int pass = 0; pass < passes_at_most; ++pass) {
        const bool has_changed = table.walk(request.root).has_changed;
        const pass_result result = signal_once(table, handled, request);
        sent += result.sent;
        if (!result.again && !has_changed) {
            break;
        }
    }
    return sent;
}

kill_result kill_descendants(int root, std::span<killed_process> into,
                             std::chrono::nanoseconds until, std::span<const int> except) noexcept {
    walk_table table;
    handled_set stopped;
    kill_result result;
    if (root == 1 && ::getpid() == 1 && except.empty()) {
        // For pid 1, kill(2) reaches everyone else of its namespace in one step, during
        // which the kernel lets nobody fork.
        table.walk(root);
        for (const process_entry& entry : table.found()) {
            if (!entry.is_dead()) {
                list(entry, into, result);
                ++result.killed;
            }
        }
        result.is_complete = ::kill(-1, SIGKILL) == 0 || errno == ESRCH;
        return result;
    }
    while (monotonic_now() < until) {
        const descendants found = table.walk(root);
        // fork(2) fails from here on: a pending signal makes the kernel begin it again.
        const bool again =
            signal_once(table, stopped, {root, SIGSTOP, 0, except}).again || found.has_changed;
        result.is_complete = !again && !found.is_cut;
        if (!again) {
            break;
        }
    }
    if (!result.is_complete) {
        table.walk(root);
    }  // else the last pass found nobody new: its table is of all who are left, stopped
    for (const process_entry& entry : table.found()) {
        if (entry.is_dead() || is_among(except, entry.pid)) {
            continue;
        }
        const std::size_t listed = result.listed;
        list(entry, into, result);
        if (send_signal_to(entry, root, SIGKILL)) {
            ++result.killed;
        } else {
            result.listed = listed;
        }
    }
    return result;
}

}  // namespace lastcall::sys

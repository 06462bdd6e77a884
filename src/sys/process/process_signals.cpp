#include "sys/process/process_signals.hpp"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "sys/clock.hpp"
#include "sys/process/pidfd.hpp"
#include "sys/process/process_facts.hpp"

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

constexpr std::size_t slot_count = 4 * table_size;

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
    const unique_fd pidfd = open_process(entry.pid);
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

/// Whether it was started by somebody who had its signal by then: below one of an earlier
/// walk, or below one that is passed over.
bool is_later_work(std::span<const process_entry> found, const process_entry& entry,
                   const signalled_set& handled, std::span<const int> except) noexcept {
    const process_entry* at = &entry;
    while (at->depth > 0) {
        at = &found[at->parent];
        if (handled.is_of_earlier_walk(*at) || is_among(except, at->pid)) {
            return true;
        }
    }
    return false;
}

struct pass_result {
    std::size_t sent = 0;
    bool again = false;  ///< another pass can bring something new
};

/// A signal to everyone of a walk who has not had it.
pass_result signal_once(const walk_table& table, signalled_set& handled,
                        const signal_request& request, bool spares_later_work) noexcept {
    pass_result result;
    for (const process_entry& entry : table.found()) {
        if (entry.is_dead()) {
            // Newly dead: what it started on its way out may stand elsewhere by now.
            result.again = (!handled.contains(entry) && handled.insert(entry)) || result.again;
            continue;
        }
        if (is_among(request.except, entry.pid) || handled.contains(entry) ||
            (spares_later_work && is_later_work(table.found(), entry, handled, request.except))) {
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

// Open addressing.
signalled_set::signalled_set() noexcept
    : memory_(slot_count * sizeof(slot)), slots_(memory_.as<slot>(slot_count)) {}

/// Where it is, or would be.
std::size_t signalled_set::find(const process_entry& entry) const noexcept {
    std::size_t at = static_cast<std::size_t>(entry.pid) * 40503U % slots_.size();
    while (slots_[at].pid != 0 &&
           (slots_[at].pid != entry.pid || slots_[at].start_time != entry.start_time)) {
        at = (at + 1) % slots_.size();
    }
    return at;
}

bool signalled_set::contains(const process_entry& entry) const noexcept {
    return !slots_.empty() && slots_[find(entry)].pid != 0;
}

bool signalled_set::is_of_earlier_walk(const process_entry& entry) const noexcept {
    if (slots_.empty()) {
        return false;
    }
    const slot& one = slots_[find(entry)];
    return one.pid != 0 && one.walk < walk_;
}

bool signalled_set::insert(const process_entry& entry) noexcept {
    if (count_ >= slots_.size() / 2) {
        return false;
    }
    slots_[find(entry)] = {entry.start_time, entry.pid, walk_};
    ++count_;
    return true;
}

std::size_t signal_descendants(const signal_request& request) noexcept {
    walk_table table;
    signalled_set fresh;
    signalled_set& handled = request.already != nullptr ? *request.already : fresh;
    std::size_t sent = 0;
    for (int pass = 0; pass < passes_at_most; ++pass) {
        const bool has_changed = table.walk(request.root).has_changed;
        if (pass == 0 && request.once_walked != nullptr) {
            request.once_walked(request.context);
        }
        handled.begin_walk();
        const bool is_first = pass == 0 && request.already == nullptr;
        const pass_result result = signal_once(table, handled, request, !is_first);
        sent += result.sent;
        if (!result.again && !has_changed) {
            break;
        }
    }
    return sent;
}

kill_result kill_descendants(int root, std::span<killed_process> into,
                             std::chrono::nanoseconds until, std::span<const int> except,
                             signalled_set* already) noexcept {
    walk_table table;
    signalled_set stopped;
    kill_result result;
    const auto is_new = [&](const process_entry& entry) {
        if (already == nullptr) {
            return true;
        }
        const bool is_known = already->contains(entry);
        return !is_known && (already->insert(entry), true);
    };
    if (root == 1 && ::getpid() == 1 && except.empty()) {
        // For pid 1, kill(2) reaches everyone else of its namespace in one step, during
        // which the kernel lets nobody fork.
        table.walk(root);
        for (const process_entry& entry : table.found()) {
            if (!entry.is_dead() && is_new(entry)) {
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
            signal_once(table, stopped, {.root = root, .number = SIGSTOP, .except = except}, false)
                .again ||
            found.has_changed;
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
        const bool counts = is_new(entry);
        const std::size_t listed = result.listed;
        if (counts) {
            list(entry, into, result);
        }
        if (send_signal_to(entry, root, SIGKILL)) {
            result.killed += counts ? 1 : 0;
        } else {
            result.listed = listed;
        }
    }
    return result;
}

}  // namespace lastcall::sys

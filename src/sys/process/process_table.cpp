#include "sys/process/process_table.hpp"

#include <algorithm>
#include <array>

#include "sys/clock.hpp"
#include "sys/process/proc_reader.hpp"

namespace lastcall::sys {
namespace {

constexpr std::size_t pid_limit = 4'194'304;  // PID_MAX_LIMIT of the kernel, 64-bit
constexpr std::uint64_t pf_exiting = 0x4;
constexpr std::uint64_t pf_kthread = 0x200000;
constexpr std::size_t entries_between_looks = 16;
constexpr std::size_t scan_limit = 1U << 18U;  // processes of the machine, when all are read

/// Which ids were seen. Without memory for the set, the entries are searched instead.
class id_set {
public:
    [[nodiscard]] bool insert(int pid, std::span<const process_entry> found) noexcept {
        const auto id = static_cast<std::size_t>(pid);
        const auto bits = memory_.as<std::uint8_t>(pid_limit / 8);
        if (bits.empty() || id >= pid_limit) {
            return std::none_of(found.begin(), found.end(),
                                [&](const process_entry& one) { return one.pid == pid; });
        }
        const auto bit = static_cast<std::uint8_t>(1U << (id % 8));
        const bool is_new = (bits[id / 8] & bit) == 0;
        bits[id / 8] |= bit;
        return is_new;
    }

private:
    scratch_memory memory_{pid_limit / 8};
};

/// The result while it grows: a queue whose processed part is the answer.
struct walk {
    int root;
    std::span<process_entry> into;
    descendants result;
    std::chrono::nanoseconds until;
    id_set seen{};
    std::size_t looks = 0;
    bool ended = false;

    [[nodiscard]] std::span<process_entry> found() const noexcept {
        return into.first(result.count);
    }

    [[nodiscard]] bool is_over() noexcept {
        if (!ended && looks++ % entries_between_looks == 0) {
            ended = monotonic_now() >= until;
        }
        result.is_cut = result.is_cut || ended;
        return ended;
    }

    /// Adds a process found below `parent` (index; the size of `into` for the root).
    void add(int pid, std::size_t parent) noexcept {
        if (pid == root || is_over()) {
            return;
        }
        const auto entry = read_process(pid);
        if (!entry) {
            result.has_changed = true;
            return;  // gone since its id was read
        }
        if (!seen.insert(pid, found())) {
            return;  // moved under another parent while we walked
        }
        if (result.count == into.size()) {
            result.is_cut = true;
            return;
        }
        const auto index = static_cast<std::uint32_t>(result.count++);
        into[index] = *entry;
        into[index].parent = index;
        if (parent < into.size()) {
            process_entry& above = into[parent];
            into[index].depth = above.depth + 1;
            into[index].parent = static_cast<std::uint32_t>(parent);
            if (above.children++ == 0) {
                above.first_child = index;
            }
        }
    }

    template <typename AddChildren>
    void run(const AddChildren& add_children) noexcept {
        add_children(root, into.size());
        for (std::size_t i = 0; i < result.count; ++i) {
            if (is_over()) {
                return;
            }
            add_children(into[i].pid, i);
        }
    }
};

void add_children_of_thread(walk& to, int pid, int tid, std::size_t parent) noexcept {
    // Ids in one line without an end: read in pieces, one may be divided between two.
    proc_path path = proc_path(pid) / "task" / tid / "children";
    word_reader ids(path);
    while (const auto id = ids.next()) {
        if (const auto child = parse_id(*id)) {
            to.add(*child, parent);
        }
    }
}

void add_from_children_files(walk& to, int pid, std::size_t parent) noexcept {
    if (parent < to.into.size() && to.into[parent].threads == 1) {
        add_children_of_thread(to, pid, pid, parent);
        return;
    }
    proc_path tasks_path = proc_path(pid) / "task";
    folder_reader tasks(tasks_path);
    while (const auto tid = tasks.next_number()) {
        add_children_of_thread(to, pid, *tid, parent);
    }
}

struct parent_and_child {
    int ppid;
    int pid;
    friend bool operator<(const parent_and_child& a, const parent_and_child& b) noexcept {
        return a.ppid != b.ppid ? a.ppid < b.ppid : a.pid < b.pid;
    }
};

/// All processes of this /proc, sorted by parent.
std::span<parent_and_child> read_all(const scratch_memory& memory, bool& is_cut) noexcept {
    const auto all = memory.as<parent_and_child>(scan_limit);
    std::size_t count = 0;
    proc_path path("/proc");
    folder_reader processes(path);
    while (const auto pid = processes.next_number()) {
        if (count == all.size()) {
            is_cut = true;
            break;
        }
        if (const auto entry = read_process(*pid)) {
            all[count++] = {entry->ppid, entry->pid};
        }
    }
    const auto read = all.first(count);
    std::sort(read.begin(), read.end());
    return read;
}

bool has_children_files() noexcept {
    // Of a thread that is certainly there: if the file is not, the kernel has none.
    proc_path path("/proc/thread-self/children");
    std::array<char, 16> start;
    return read_start(path, start).has_value();
}

}  // namespace

std::optional<process_entry> parse_process_stat(std::string_view text) noexcept {
    // "12 (a) R (b) S 1 ...": the name may hold anything, so its end is the last ')'.
    const std::size_t open = text.find('(');
    const std::size_t close = text.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
        return std::nullopt;
    }
    std::string_view before = text.substr(0, open);
    const auto pid = parse_id(take_word(before));
    std::string_view rest = text.substr(close + 1);
    while (!rest.empty() && rest.back() == '\n') {
        rest.remove_suffix(1);
    }
    std::array<std::string_view, 23> fields{};  // by the numbers of proc(5)
    for (std::size_t number = 3; number < fields.size(); ++number) {
        fields[number] = take_word(rest);
    }
    const auto ppid = parse_id(fields[4]);
    const auto start = parse_number(fields[22]);
    if (!pid || !ppid || !start || fields[3].size() != 1) {
        return std::nullopt;
    }
    process_entry entry;
    entry.pid = *pid;
    entry.ppid = *ppid;
    entry.state = fields[3].front();
    entry.pgid = parse_id(fields[5]).value_or(0);
    entry.sid = parse_id(fields[6]).value_or(0);
    const std::uint64_t flags = parse_number(fields[9]).value_or(0);
    entry.is_exiting = (flags & pf_exiting) != 0;
    entry.is_of_kernel = (flags & pf_kthread) != 0;
    entry.threads = static_cast<std::uint32_t>(parse_id(fields[20]).value_or(0));
    entry.start_time = *start;
    return entry;
}

std::optional<process_entry> read_process(int pid) noexcept {
    proc_path path = proc_path(pid) / "stat";
    std::array<char, 1024> buffer;
    const auto text = read_start(path, buffer);
    return text ? parse_process_stat(*text) : std::nullopt;
}

descendants find_descendants(int root, std::span<process_entry> into,
                             std::chrono::nanoseconds until) noexcept {
    return find_descendants(
        root, into, has_children_files() ? walk_by::children_files : walk_by::parent_ids, until);
}

descendants find_descendants(int root, std::span<process_entry> into, walk_by way,
                             std::chrono::nanoseconds until) noexcept {
    walk to{root, into, {}, until};
    if (way == walk_by::children_files) {
        to.run([&](int pid, std::size_t parent) { add_from_children_files(to, pid, parent); });
        return to.result;
    }
    const scratch_memory memory(scan_limit * sizeof(parent_and_child));
    const auto all = read_all(memory, to.result.is_cut);
    to.run([&](int pid, std::size_t parent) {
        for (auto at = std::lower_bound(all.begin(), all.end(), parent_and_child{pid, 0});
             at != all.end() && at->ppid == pid; ++at) {
            to.add(at->pid, parent);
        }
    });
    return to.result;
}

std::size_t next_in_tree(std::span<const process_entry> found, std::size_t at) noexcept {
    if (found[at].children > 0) {
        return found[at].first_child;
    }
    for (;;) {
        const process_entry& entry = found[at];
        const bool is_top = entry.parent == at;
        const std::size_t next = at + 1;
        if (is_top) {
            return next < found.size() && found[next].depth == 0 ? next : found.size();
        }
        const process_entry& above = found[entry.parent];
        if (next < above.first_child + above.children) {
            return next;
        }
        at = entry.parent;
    }
}

}  // namespace lastcall::sys

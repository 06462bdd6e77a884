#include "sys/process/process_set.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "sys/process/pidfd.hpp"
#include "sys/process/proc_reader.hpp"
#include "sys/process/process_facts.hpp"
#include "sys/process/process_table.hpp"

namespace lastcall::sys {
namespace {

template <typename Belongs>
std::vector<int> processes_where(const Belongs& belongs) {
    std::vector<int> found;
    proc_path proc("/proc");
    folder_reader folder(proc);
    while (const auto pid = folder.next_number()) {
        if (belongs(*pid)) {
            found.push_back(*pid);
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace

std::uint64_t pid_namespace_of(int pid) {
    proc_path path(pid);
    struct stat facts {};
    return ::stat((path / "ns" / "pid").c_str(), &facts) == 0 ? facts.st_ino : 0;
}

std::vector<int> processes_of_namespace(std::uint64_t number) {
    return processes_where([number](int pid) {
        return number != 0 && pid_namespace_of(pid) == number && is_alive(pid);
    });
}

std::vector<int> processes_of_group(int group, std::string_view entry) {
    return processes_where([group, entry](int pid) {
        const auto process = read_process(pid);
        return process && process->pgid == group && !process->is_dead() &&
               (entry.empty() || carries_entry(pid, entry));
    });
}

std::vector<int> descendants_of(int root) {
    constexpr std::size_t most = 1U << 15U;
    const scratch_memory memory(most * sizeof(process_entry));
    const auto table = memory.as<process_entry>(most);
    const auto count = find_descendants(root, table).count;
    std::vector<int> found;
    for (const auto& one : table.first(count)) {
        if (!one.is_dead()) {
            found.push_back(one.pid);
        }
    }
    return found;
}

std::vector<int> marked_processes(std::string_view entry) {
    return processes_where([entry](int pid) { return carries_entry(pid, entry) && is_alive(pid); });
}

bool carries_entry(int pid, std::string_view entry) noexcept {
    std::array<char, 1U << 16U> memory;  // a shell puts the entries into another order
    proc_path path(pid);
    const auto text = read_start(path / "environ", memory);
    std::string_view rest = text.value_or(std::string_view());
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\0'), rest.size());
        if (rest.substr(0, end) == entry) {
            return true;
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return false;
}

bool is_alive(int pid) {
    const auto process = read_process(pid);
    return process && !process->is_dead();
}

std::string command_of(int pid) {
    short_text<512> text;
    read_command(pid, text);
    return std::string(text.view());
}

int signal_each(const std::vector<int>& pids, int number) {
    int result = pids.empty() ? ESRCH : 0;
    for (const int pid : pids) {
        const unique_fd handle = open_process(pid);
        const int error = handle ? signal_process(handle.get(), pid, number) : ESRCH;
        result = error != 0 && error != ESRCH ? error : result;
    }
    return result;
}

}  // namespace lastcall::sys

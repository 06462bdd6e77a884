#include "sys/process/process_list.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "sys/clock.hpp"
#include "sys/process/proc_reader.hpp"

namespace lastcall::sys {
namespace {

constexpr std::size_t longest_text = 256U << 10U;

/// utime and stime: the fields 14 and 15 of proc(5), the 12th and 13th behind the name.
std::uint64_t processor_ticks(std::string_view behind_name) noexcept {
    std::uint64_t sum = 0;
    for (int field = 3; field <= 15; ++field) {
        const auto word = take_word(behind_name);
        sum += field >= 14 ? parse_number(word).value_or(0) : 0;
    }
    return sum;
}

}  // namespace

std::vector<listed_process> list_processes() {
    std::vector<listed_process> found;
    proc_path path("/proc");
    folder_reader processes(path);
    while (const auto pid = processes.next_number()) {
        proc_path file = proc_path(*pid) / "stat";
        std::array<char, 1024> buffer;
        const auto text = read_start(file, buffer);
        const auto entry = text ? parse_process_stat(*text) : std::nullopt;
        if (!entry) {
            continue;
        }
        const auto open = text->find('(');
        const auto close = text->rfind(')');
        found.push_back({*entry, std::string(text->substr(open + 1, close - open - 1)),
                         processor_ticks(text->substr(close + 1))});
    }
    return found;
}

std::uint64_t ticks_per_second() noexcept {
    const long ticks = ::sysconf(_SC_CLK_TCK);
    return ticks > 0 ? static_cast<std::uint64_t>(ticks) : 100;
}

std::chrono::nanoseconds age_of(const process_entry& entry) noexcept {
    const std::uint64_t per_second = ticks_per_second();
    const auto started =
        std::chrono::seconds(entry.start_time / per_second) +
        std::chrono::nanoseconds(entry.start_time % per_second * 1'000'000'000U / per_second);
    return boottime_now() - started;
}

std::vector<std::string> arguments_of(int pid) {
    const scratch_memory memory(longest_text);
    proc_path path = proc_path(pid) / "cmdline";
    auto text = read_start(path, memory.as<char>(longest_text)).value_or("");
    std::vector<std::string> found;
    while (!text.empty()) {
        const auto one = text.substr(0, text.find('\0'));
        found.emplace_back(one);
        text.remove_prefix(std::min(text.size(), one.size() + 1));
    }
    return found;
}

std::string environment_value(int pid, std::string_view name) {
    const scratch_memory memory(longest_text);
    proc_path path = proc_path(pid) / "environ";
    auto text = read_start(path, memory.as<char>(longest_text)).value_or("");
    while (!text.empty()) {
        const auto one = text.substr(0, text.find('\0'));
        if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=') {
            return std::string(one.substr(name.size() + 1));
        }
        text.remove_prefix(std::min(text.size(), one.size() + 1));
    }
    return {};
}

bool may_signal(int pid) noexcept { return ::kill(pid, 0) == 0 || errno != EPERM; }

}  // namespace lastcall::sys

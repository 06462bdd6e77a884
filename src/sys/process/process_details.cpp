#include "sys/process/process_details.hpp"

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

/// The texts of a file of /proc that end in a zero each.
std::vector<std::string> texts_in(int pid, const char* file) {
    const scratch_memory memory(longest_text);
    proc_path path = proc_path(pid) / file;
    auto text = read_start(path, memory.as<char>(longest_text)).value_or("");
    std::vector<std::string> found;
    while (!text.empty()) {
        const auto one = text.substr(0, text.find('\0'));
        found.emplace_back(one);
        text.remove_prefix(std::min(text.size(), one.size() + 1));
    }
    return found;
}

}  // namespace

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

std::vector<std::string> arguments_of(int pid) { return texts_in(pid, "cmdline"); }

std::vector<std::string> environment_of(int pid) { return texts_in(pid, "environ"); }

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

int process_of_thread(int id) noexcept {
    proc_path path = proc_path(id) / "status";
    std::array<char, 1024> buffer;
    const auto text = read_start(path, buffer);
    return text ? parse_id(field_of(*text, "Tgid:")).value_or(0) : 0;
}

bool may_signal(int pid) noexcept { return ::kill(pid, 0) == 0 || errno != EPERM; }

}  // namespace lastcall::sys

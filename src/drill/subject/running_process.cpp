#include "drill/subject/running_process.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "sys/error_text.hpp"
#include "sys/process/identity.hpp"
#include "sys/process/process.hpp"
#include "sys/process/process_facts.hpp"
#include "sys/process/process_set.hpp"
#include "sys/process/process_table.hpp"

namespace lastcall::drill {
namespace {

int checked(int pid) {
    const auto refuse = [pid](const std::string& why) {
        throw std::runtime_error("pid " + std::to_string(pid) + ": " + why);
    };
    if (pid <= 0) {
        refuse("no process has this id");
    }
    if (pid == 1) {
        refuse("this is init, and the machine or container ends with it");
    }
    if (pid == sys::current_process_id()) {
        refuse("this is the drill itself");
    }
    for (int parent = sys::parent_process_id(); parent > 1; parent = sys::parent_of(parent)) {
        if (parent == pid) {
            refuse("the drill was started by it, and would end with it");
        }
    }
    const auto process = sys::read_process(pid);
    if (!process) {
        refuse("there is no such process");
    }
    if (process->is_dead()) {
        refuse("it has ended already, and its parent has not noticed");
    }
    constexpr int kernel_threads = 2;
    if (process->ppid == kernel_threads || pid == kernel_threads) {
        sys::process_facts facts;
        if (sys::read_process_facts(pid, facts) && facts.exe.empty() && process->pgid == 0) {
            refuse("this is a thread of the kernel");
        }
    }
    return pid;
}

sys::watched_process watch(int pid, bool must_signal) {
    try {
        sys::watched_process process(checked(pid));
        if (const int error = process.signal(0); error != 0 && must_signal) {
            throw std::runtime_error("pid " + std::to_string(pid) + " may not be signalled: " +
                                     sys::error_text(error) + "; run the drill as root");
        }
        return process;
    } catch (const std::system_error& problem) {
        throw std::runtime_error("pid " + std::to_string(pid) +
                                 " can not be watched: " + problem.what());
    }
}

}  // namespace

exit_facts exit_of(const sys::watched_end& end) noexcept {
    return {.known = end.is_known,
            .code = end.code,
            .signal = end.signal,
            .dumped_core = end.dumped_core};
}

running_process::running_process(std::string name, int pid, bool must_signal)
    : name_(std::move(name)), process_(watch(pid, must_signal)) {}

std::vector<int> running_process::processes() const {
    if (!process_.end()) {
        std::vector<int> all{process_.pid()};
        for (const int pid : sys::descendants_of(process_.pid())) {
            all.push_back(pid);
        }
        seen_ = all;
        return all;
    }
    std::vector<int> left;
    std::copy_if(seen_.begin(), seen_.end(), std::back_inserter(left),
                 [this](int pid) { return pid != process_.pid() && sys::is_alive(pid); });
    return left;
}

int running_process::signal_all(int number) { return sys::signal_each(processes(), number); }

std::optional<exit_facts> running_process::exit() const {
    const auto& end = process_.end();
    return end ? std::optional(exit_of(*end)) : std::nullopt;
}

std::int64_t running_process::exit_ns() const {
    return process_.end() ? nanoseconds(process_.end()->when) : 0;
}

std::unique_ptr<subject> take_process(int pid) {
    return std::make_unique<running_process>("pid " + std::to_string(pid), pid, true);
}

}  // namespace lastcall::drill

#include "doctor/look/replacement.hpp"

#include "sys/process/process_details.hpp"
#include "sys/process/process_facts.hpp"
#include "sys/process/process_table.hpp"

namespace lastcall::doctor {

ended_process remembered(const seen_process& one) {
    return {one.pid(), one.entry.ppid, one.command};
}

int replacement_of(const ended_process& one) {
    constexpr auto just_now = std::chrono::seconds(10);
    sys::proc_path path("/proc");
    sys::folder_reader processes(path);
    while (const auto pid = processes.next_number()) {
        const auto entry = sys::read_process(*pid);
        if (!entry || *pid == one.pid || entry->ppid != one.parent || entry->is_dead() ||
            sys::age_of(*entry) > just_now) {
            continue;
        }
        sys::short_text<512> command;
        sys::read_command(*pid, command);
        if (command.view() == one.command) {
            return *pid;
        }
    }
    return 0;
}

}  // namespace lastcall::doctor

#include "sys/process/thread_list.hpp"

#include <algorithm>
#include <array>

#include "sys/process/proc_reader.hpp"
#include "sys/process/process_facts.hpp"

namespace lastcall::sys {
namespace {

constexpr std::size_t threads_at_most = 64;

void read_thread_status(int pid, thread_facts& one) {
    proc_path path = proc_path(pid) / "task" / one.id / "status";
    std::array<char, 4096> buffer;
    if (const auto text = read_start(path, buffer)) {
        short_text<64> name;
        name.append_escaped(field_of(*text, "Name:"));
        one.name = name.view();
        const auto state = field_of(*text, "State:");
        one.state = state.empty() ? '?' : state.front();
        one.blocked = parse_number(field_of(*text, "SigBlk:"), 16).value_or(0);
        one.pending = parse_number(field_of(*text, "SigPnd:"), 16).value_or(0);
    }
}

void read_thread_ticks(int pid, thread_facts& one) {
    proc_path path = proc_path(pid) / "task" / one.id / "stat";
    std::array<char, 1024> buffer;
    const auto text = read_start(path, buffer);
    if (!text || text->rfind(')') == std::string_view::npos) {
        return;
    }
    auto rest = text->substr(text->rfind(')') + 1);
    for (int field = 3; field <= 15; ++field) {
        const auto word = take_word(rest);
        one.ticks += field >= 14 ? parse_number(word).value_or(0) : 0;
    }
}

/// sched_info of the kernel: "ran waited slices", in nanoseconds.
void read_thread_queue(int pid, thread_facts& one) {
    proc_path path = proc_path(pid) / "task" / one.id / "schedstat";
    std::array<char, 128> buffer;
    if (const auto text = read_start(path, buffer)) {
        auto rest = *text;
        static_cast<void>(take_word(rest));
        one.queued_ns = parse_number(take_word(rest)).value_or(0);
    }
}

/// Returns: false when it may not be read.
bool read_thread_call(int pid, thread_facts& one) {
    std::array<char, 512> buffer;
    proc_path wchan = proc_path(pid) / "task" / one.id / "wchan";
    if (const auto text = read_start(wchan, buffer); text && *text != "0") {
        short_text<64> name;
        name.append_escaped(*text);
        one.wchan = name.view();
    }
    proc_path call = proc_path(pid) / "task" / one.id / "syscall";
    auto text = read_start(call, buffer);
    if (!text) {
        return false;
    }
    while (!text->empty() && text->back() == '\n') {
        text->remove_suffix(1);
    }
    auto rest = *text;
    const auto first = take_word(rest);
    one.is_running = first == "running";
    one.call = parse_id(first).value_or(-1);
    one.call_name = system_call_name(one.call);
    if (one.call >= 0) {
        // Six arguments; the stack and the instruction behind them change without a meaning.
        while (!rest.empty() && rest.front() == ' ') {
            rest.remove_prefix(1);
        }
        std::string_view all = rest;
        for (int i = 0; i < 6; ++i) {
            const auto word = take_word(rest);
            if (i == 0 && word.starts_with("0x") && is_call_of_descriptor(one.call)) {
                const auto value = parse_number(word.substr(2), 16);
                one.first_argument = value && *value < 1U << 20U ? static_cast<int>(*value) : -1;
            }
        }
        all.remove_suffix(rest.size());
        one.call_arguments = all;
    }
    return true;
}

}  // namespace

thread_list threads_of(int pid) {
    thread_list found;
    proc_path path = proc_path(pid) / "task";
    folder_reader tasks(path);
    bool is_first = true;
    while (const auto id = tasks.next_number()) {
        if (found.threads.size() == threads_at_most) {
            found.is_whole = false;
            break;
        }
        thread_facts one;
        one.id = *id;
        read_thread_status(pid, one);
        read_thread_ticks(pid, one);
        read_thread_queue(pid, one);
        const bool is_read = read_thread_call(pid, one);
        found.has_calls = is_first ? is_read : found.has_calls && is_read;
        is_first = false;
        found.threads.push_back(std::move(one));
    }
    std::stable_partition(found.threads.begin(), found.threads.end(),
                          [&](const thread_facts& one) { return one.id == pid; });
    return found;
}

}  // namespace lastcall::sys

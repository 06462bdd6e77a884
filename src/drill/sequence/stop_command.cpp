#include "drill/sequence/stop_command.hpp"

#include <string_view>

#include "drill/subject/subject.hpp"

namespace lastcall::drill {
namespace {

std::string result_of(const exit_facts& exit, bool has_timed_out) {
    if (has_timed_out) {
        return "timeout";
    }
    if (exit.signal != 0) {
        return exit.dumped_core ? "core-dump" : "signal";
    }
    return exit.code != 0 ? "exit-code" : "success";
}

}  // namespace

std::vector<std::string> with_main_pid(const std::vector<std::string>& words, int pid) {
    constexpr std::string_view name = "${MAINPID}";
    const std::string value = pid > 0 ? std::to_string(pid) : "";
    std::vector<std::string> made;
    for (auto word : words) {
        if (word == "$MAINPID") {
            if (pid > 0) {
                made.push_back(value);
            }
            continue;
        }
        for (auto at = word.find(name); at != std::string::npos; at = word.find(name, at)) {
            word.replace(at, name.size(), value);
            at += value.size();
        }
        made.push_back(std::move(word));
    }
    return made;
}

std::vector<std::string> environment_of_stop(int pid, const std::optional<exit_facts>& exit,
                                             bool has_timed_out) {
    std::vector<std::string> entries;
    if (pid > 0) {
        entries.push_back("MAINPID=" + std::to_string(pid));
    }
    if (exit && exit->known) {
        const bool is_killed = exit->signal != 0;
        constexpr std::size_t prefix = 3;  // systemd writes "TERM"
        entries.push_back("SERVICE_RESULT=" + result_of(*exit, has_timed_out));
        entries.push_back(std::string("EXIT_CODE=") + (!is_killed          ? "exited"
                                                       : exit->dumped_core ? "dumped"
                                                                           : "killed"));
        entries.push_back("EXIT_STATUS=" + (is_killed ? signal_name(exit->signal).substr(prefix)
                                                      : std::to_string(exit->code)));
    }
    return entries;
}

}  // namespace lastcall::drill

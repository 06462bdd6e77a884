#include "sys/process/file_locks.hpp"

#include <fstream>
#include <iterator>
#include <string>

#include "sys/process/proc_reader.hpp"

namespace lastcall::sys {

int holder_of_lock(std::string_view text, int waiting) noexcept {
    int holder = 0;
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(line.size() < text.size() ? line.size() + 1 : line.size());
        static_cast<void>(take_word(line));  // the number of the lock
        auto rest = line;
        const bool is_waiting = take_word(rest) == "->";
        line = is_waiting ? rest : line;
        for (int skipped = 0; skipped < 3; ++skipped) {
            static_cast<void>(take_word(line));  // "FLOCK ADVISORY WRITE"
        }
        const int pid = parse_id(take_word(line)).value_or(0);
        if (is_waiting && pid == waiting) {
            return holder;
        }
        holder = is_waiting ? holder : pid;
    }
    return 0;
}

int holder_of_lock(int waiting) {
    std::ifstream file("/proc/locks");
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    return holder_of_lock(std::string_view(text), waiting);
}

}  // namespace lastcall::sys

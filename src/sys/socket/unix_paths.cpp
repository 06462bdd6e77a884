#include "sys/socket/unix_paths.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <set>

#include "sys/process/proc_reader.hpp"

namespace lastcall::sys {
namespace {

/// The path is the last word of a line, where there is one: proc(5), /proc/net/unix.
bool ends_with_name(std::string_view line, std::string_view file_name) noexcept {
    return line.ends_with(file_name) && line.size() > file_name.size() &&
           (line[line.size() - file_name.size() - 1] == '/' ||
            line[line.size() - file_name.size() - 1] == ' ');
}

bool is_in_table(proc_path& table, std::string_view file_name) {
    line_reader lines(table);
    while (const auto line = lines.next()) {
        if (ends_with_name(*line, file_name)) {
            return true;
        }
    }
    return false;
}

}  // namespace

bool is_socket_file(const std::string& path) noexcept {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0 && S_ISSOCK(facts.st_mode);
}

bool may_be_bound(std::string_view file_name) {
    std::set<ino_t> looked_at;  // the table is another file in each network namespace
    proc_path proc("/proc");
    folder_reader processes(proc);
    while (const auto pid = processes.next_number()) {
        proc_path table = proc_path(*pid) / "net" / "unix";
        struct stat facts {};
        if (::stat(table.c_str(), &facts) != 0) {
            if (errno == EACCES || errno == EPERM) {
                return true;
            }
            continue;  // it has ended
        }
        if (looked_at.insert(facts.st_ino).second && is_in_table(table, file_name)) {
            return true;
        }
    }
    return false;
}

}  // namespace lastcall::sys

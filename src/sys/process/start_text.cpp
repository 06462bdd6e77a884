#include "sys/process/start_text.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "sys/error_text.hpp"

namespace lastcall::sys {
namespace {

bool is_file(const std::string& path) {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode);
}

/// The interpreter that the first line of a script names; empty where it is no script.
std::string interpreter_of(const std::string& file) {
    std::ifstream text(file);
    std::string line;
    std::getline(text, line);
    if (!line.starts_with("#!")) {
        return {};
    }
    const auto begin = line.find_first_not_of(" \t", 2);
    const auto end = begin == std::string::npos ? begin : line.find_first_of(" \t\r", begin);
    return begin == std::string::npos ? std::string() : line.substr(begin, end - begin);
}

std::string why_not_executed(int error, const std::string& file) {
    if (error == ENOEXEC) {
        return "it is neither a program of this machine nor a script that begins with #!";
    }
    if (error == ENOENT && is_file(file)) {
        const auto interpreter = interpreter_of(file);
        return interpreter.empty()
                   ? "the loader that it asks for is not there (a program of another C library?)"
                   : "its first line asks for " + interpreter + ", which is not there";
    }
    return error_text(error);
}

}  // namespace

std::string why_not_started(const start_failure& failure, const std::string& file,
                            const start_request& request) {
    const std::string start = "cannot start " + file + ": ";
    const std::string because = error_text(failure.error);
    switch (failure.step) {
        case start_step::fork:
            if (request.in_pid_namespace) {
                return start + "the kernel gives no PID namespace (" + because +
                       "): run the drill as root, allow user namespaces "
                       "(sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, "
                       "kernel.apparmor_restrict_unprivileged_userns), or in a container add "
                       "--cap-add SYS_ADMIN --security-opt seccomp=unconfined";
            }
            return start + "no process can be made (" + because + ")";
        case start_step::user_map:
            return start + "the user namespace gets no user ids (" + because +
                   "): run the drill as root";
        case start_step::private_mounts:
            return start + "its mounts can not be made private (" + because +
                   "): run the drill as root, or in a container add --cap-add SYS_ADMIN";
        case start_step::join_namespaces:
            return start + "the namespaces of pid " + std::to_string(request.join_namespaces_of) +
                   " can not be entered (" + because + "): run the drill as root";
        case start_step::control_group:
            return start + "it can not be put into its cgroup (" + because + ")";
        case start_step::execute:
        case start_step::none:
            break;
    }
    return start + why_not_executed(failure.error, file);
}

std::string find_program(const std::string& name) {
    if (name.empty()) {
        throw start_error("no program is named");
    }
    const auto judge = [](const std::string& path) {
        if (::access(path.c_str(), X_OK) != 0) {
            throw start_error("cannot start " + path + ": " + error_text(errno) +
                              (is_file(path) ? ": chmod +x " + path : ""));
        }
        if (!is_file(path)) {
            throw start_error("cannot start " + path + ": it is no file");
        }
        return path;
    };
    if (name.find('/') != std::string::npos) {
        return judge(name);
    }
    const char* set = std::getenv("PATH");
    const std::string path = set != nullptr ? set : "/usr/local/bin:/usr/bin:/bin";
    std::string not_runnable;
    for (std::size_t at = 0; at <= path.size();) {
        const auto end = std::min(path.find(':', at), path.size());
        const auto folder = path.substr(at, end - at);
        auto file = (folder.empty() ? "." : folder) + "/" + name;
        if (is_file(file)) {
            if (::access(file.c_str(), X_OK) == 0) {
                return file;
            }
            not_runnable = std::move(file);
        }
        at = end + 1;
    }
    if (!not_runnable.empty()) {
        return judge(not_runnable);
    }
    throw start_error("cannot start " + name + ": no such program in PATH (" + path + ")" +
                      (is_file(name) ? ": for the one in this folder write ./" + name : ""));
}

}  // namespace lastcall::sys

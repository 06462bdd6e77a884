#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "sys/error_text.hpp"
#include "sys/output.hpp"

namespace lastcall::sys {

void replace_file(const std::string& path, std::string_view contents) {
    if (const int error = try_replace_file(path.c_str(), contents); error != 0) {
        throw std::system_error(error, std::generic_category(),
                                "cannot write the file \"" + path + "\"");
    }
}

unique_fd create_file(const std::string& path) {
    unique_fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_CLOEXEC, 0644));
    if (!fd) {
        throw std::system_error(errno, std::generic_category(),
                                "cannot create the file \"" + path + "\"");
    }
    return fd;
}

unique_fd open_to_append(const std::string& path) {
    unique_fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC, 0600));
    if (!fd) {
        throw std::system_error(errno, std::generic_category(),
                                "cannot write the file \"" + path + "\"");
    }
    return fd;
}

std::string why_not_writable(const std::string& path) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) == 0) {
        if (S_ISDIR(facts.st_mode)) {
            return "it is a folder";
        }
        return ::access(path.c_str(), W_OK) == 0 ? "" : error_text(errno);
    }
    const auto slash = path.rfind('/');
    const auto folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    return ::access(folder.c_str(), W_OK | X_OK) == 0 ? "" : error_text(errno);
}

}  // namespace lastcall::sys

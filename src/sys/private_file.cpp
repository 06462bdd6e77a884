#include "sys/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "sys/output.hpp"
#include "sys/unique_name.hpp"

namespace lastcall::sys {

void replace_private_file(const std::string& path, std::string_view contents) {
    const std::string beside = path + "." + random_digits();
    const auto check = [&](int error) {
        if (error != 0) {
            ::unlink(beside.c_str());
            throw std::system_error(error, std::generic_category(),
                                    "cannot write the file \"" + path + "\"");
        }
    };
    // O_EXCL: what somebody has put there is not followed. The umask can only take away.
    const unique_fd fd(
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOCTTY | O_CLOEXEC, 0600));
    if (!fd) {
        throw std::system_error(errno, std::generic_category(),
                                "cannot create a file beside \"" + path + "\"");
    }
    check(write_whole(fd.get(), contents));
    check(::fsync(fd.get()) == 0 ? 0 : errno);
    check(std::rename(beside.c_str(), path.c_str()) == 0 ? 0 : errno);
}

}  // namespace lastcall::sys

#include "sys/process/become.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "sys/fd.hpp"

namespace lastcall::sys {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& argv) {
    std::vector<char*> made;
    made.reserve(argv.size() + 1);
    for (const auto& one : argv) {
        made.push_back(const_cast<char*>(one.c_str()));
    }
    made.push_back(nullptr);
    return made;
}

int execute(char* const* argv, int keeps) noexcept {
    const int flags = ::fcntl(keeps, F_GETFD);
    if (flags < 0 || ::fcntl(keeps, F_SETFD, flags & ~FD_CLOEXEC) != 0) {
        return errno;
    }
    ::execv(argv[0], argv);
    const int error = errno;
    ::fcntl(keeps, F_SETFD, flags);
    return error;
}

}  // namespace

int become(const std::vector<std::string>& argv, int keeps) noexcept {
    return execute(pointers(argv).data(), keeps);
}

detached start_detached(const std::vector<std::string>& argv, int keeps, int output) noexcept {
    const auto words = pointers(argv);  // before fork(2): no heap in the child
    int report[2];
    if (::pipe2(report, O_CLOEXEC) != 0) {
        return {.error = errno};
    }
    const unique_fd read_end(report[0]);
    unique_fd write_end(report[1]);
    const int pid = ::fork();
    if (pid < 0) {
        return {.error = errno};
    }
    if (pid == 0) {
        ::setsid();
        const int nothing = ::open("/dev/null", O_RDONLY);
        int error = 0;
        if (nothing < 0 || ::dup2(nothing, 0) < 0 || ::dup2(output, 1) < 0 ||
            ::dup2(output, 2) < 0) {
            error = errno;
        } else {
            error = execute(words.data(), keeps);
        }
        [[maybe_unused]] const auto said = ::write(write_end.get(), &error, sizeof error);
        ::_exit(127);
    }
    write_end.reset();
    int error = 0;
    ssize_t size = 0;
    do {
        size = ::read(read_end.get(), &error, sizeof error);
    } while (size < 0 && errno == EINTR);  // a child between fork and execv is never long
    if (size != sizeof error) {
        return {.pid = pid};
    }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return {.error = error};
}

std::optional<int> ended_child(int pid) noexcept {
    int status = 0;
    if (::waitpid(pid, &status, WNOHANG) != pid) {
        return std::nullopt;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace lastcall::sys

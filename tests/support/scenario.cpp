#include "support/scenario.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

namespace lastcall::testing {
namespace {

using std::chrono::steady_clock;

std::map<std::string, int (*)()>& scenarios() {
    static std::map<std::string, int (*)()> all;
    return all;
}

std::string fresh_report_file() {
    static int count = 0;
    return (std::filesystem::temp_directory_path() /
            ("lastcall-test." + std::to_string(::getpid()) + "." + std::to_string(count++) +
             ".json"))
        .string();
}

}  // namespace

scenario::scenario(const char* name, int (*body)()) { scenarios()[name] = body; }

child::child(const std::string& name, std::vector<std::string> environment)
    : report_file_(fresh_report_file()) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        throw std::runtime_error("pipe");
    }
    environment.push_back("LASTCALL_TEST_SCENARIO=" + name);
    environment.push_back("LASTCALL_TEST_REPORT=" + report_file_);
    pid_ = ::fork();
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::dup2(ends[1], 1);
        ::dup2(ends[1], 2);
        for (std::string& one : environment) {
            ::putenv(one.data());
        }
        ::execl("/proc/self/exe", name.c_str(), static_cast<char*>(nullptr));
        ::_exit(127);
    }
    ::close(ends[1]);
    pipe_ = ends[0];
}

child::~child() {
    if (!ended_) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    ::close(pipe_);
    std::filesystem::remove(report_file_);
}

bool child::read_more(steady_clock::time_point until) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - steady_clock::now()).count();
    pollfd p{pipe_, POLLIN, 0};
    if (left < 0 || ::poll(&p, 1, static_cast<int>(left)) <= 0) {
        return false;
    }
    char buffer[4096];
    const ssize_t n = ::read(pipe_, buffer, sizeof buffer);
    if (n > 0) {
        output_.append(buffer, static_cast<std::size_t>(n));
    }
    return n > 0;
}

bool child::wait_for(const std::string& text) {
    const auto until = steady_clock::now() + ceiling;
    while (output_.find(text) == std::string::npos) {
        if (!read_more(until)) {
            return false;
        }
    }
    return true;
}

void child::signal(int number) const {
    if (signalled_ == steady_clock::time_point{}) {
        signalled_ = steady_clock::now();
    }
    ::kill(pid_, number);
}

int child::wait() {
    const auto until = steady_clock::now() + ceiling;
    int status = 0;
    for (;;) {
        // The pipe ends when the child and all it started have closed it; a child that
        // leaves a descendant behind is seen by waitpid.
        const bool more =
            read_more(std::min(until, steady_clock::now() + std::chrono::milliseconds(20)));
        const pid_t got = ::waitpid(pid_, &status, WNOHANG);
        if (got == pid_) {
            end_ = steady_clock::now();
            ended_ = true;
            while (read_more(steady_clock::now())) {
            }
            return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
        }
        if (!more && steady_clock::now() > until) {
            throw std::runtime_error("the child did not end; it wrote:\n" + output_);
        }
    }
}

const std::string& child::output() {
    while (read_more(steady_clock::now())) {
    }
    return output_;
}

std::chrono::milliseconds child::took() const noexcept {
    return std::chrono::duration_cast<std::chrono::milliseconds>(end_ - signalled_);
}

std::string child::report() const {
    std::ifstream file(report_file_);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string report_file() {
    const char* name = std::getenv("LASTCALL_TEST_REPORT");
    return name != nullptr ? name : "";
}

void say(const std::string& line) {
    const std::string text = line + "\n";
    [[maybe_unused]] const auto n = ::write(1, text.data(), text.size());
}

}  // namespace lastcall::testing

int main(int argc, char** argv) {
    if (const char* name = std::getenv("LASTCALL_TEST_SCENARIO")) {
        const auto found = lastcall::testing::scenarios().find(name);
        return found != lastcall::testing::scenarios().end() ? found->second() : 126;
    }
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}

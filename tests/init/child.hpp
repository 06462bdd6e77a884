// Processes for the tests to look at: forked, ready when told so, ended by their id.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sys/process/process_table.hpp"

namespace lastcall::init_test {

inline constexpr std::chrono::seconds ceiling{20};

/// Looks again until `what` holds. Returns: whether it did before the ceiling.
inline bool wait_until(const std::function<bool()>& what) {
    const auto end = std::chrono::steady_clock::now() + ceiling;
    while (!what()) {
        if (std::chrono::steady_clock::now() > end) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

inline char state_of(int pid) {
    const auto entry = sys::read_process(pid);
    return entry ? entry->state : '-';
}

[[noreturn]] inline void sleep_for_ever() {
    for (;;) {
        ::pause();
    }
}

/// A child that runs `body(ready)`: `ready(text)` hands a text to the test and lets it
/// go on. It dies with the test.
class child {
public:
    using ready_function = std::function<void(const std::string&)>;

    explicit child(const std::function<void(const ready_function&)>& body) {
        int ends[2];
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
        pid_ = ::fork();
        if (pid_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::close(ends[0]);
            body([&](const std::string& text) {
                const std::string line = text + "\n";
                if (::write(ends[1], line.data(), line.size()) < 0) {
                    ::_exit(99);
                }
            });
            sleep_for_ever();
        }
        ::close(ends[1]);
        // Until its word, or until execve(2) or its end closes the pipe.
        char c = 0;
        while (::read(ends[0], &c, 1) == 1 && c != '\n') {
            said_ += c;
        }
        ::close(ends[0]);
    }

    /// A child that is another program.
    static child program(const std::vector<std::string>& argv) {
        return child([&](const ready_function&) {
            std::vector<char*> words;
            for (const std::string& word : argv) {
                words.push_back(const_cast<char*>(word.c_str()));
            }
            words.push_back(nullptr);
            ::execvp(words[0], words.data());
            ::_exit(127);
        });
    }

    child(child&& other) noexcept
        : pid_(std::exchange(other.pid_, 0)), said_(std::move(other.said_)) {}
    child(const child&) = delete;
    child& operator=(const child&) = delete;
    ~child() { end(); }

    /// SIGKILL, and reaped.
    void end() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
            pid_ = 0;
        }
    }

    [[nodiscard]] int pid() const { return pid_; }
    [[nodiscard]] const std::string& said() const { return said_; }

private:
    int pid_ = 0;
    std::string said_;
};

/// A grandchild's body: forks once more; the child goes on and the parent returns its id.
inline int fork_below(const std::function<void()>& body) {
    const int pid = ::fork();
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        body();
        sleep_for_ever();
    }
    return pid;
}

}  // namespace lastcall::init_test

// This test program started again as a service, and a raw client for it.
#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "sys/fd.hpp"

namespace lastcall::testing {

inline constexpr std::chrono::seconds ceiling{10};

struct temp_folder {
    temp_folder() {
        std::string name = "/tmp/lastcall-http-XXXXXX";
        path = ::mkdtemp(name.data());
    }
    ~temp_folder() { static_cast<void>(std::system(("rm -rf " + path).c_str())); }
    temp_folder(const temp_folder&) = delete;
    temp_folder& operator=(const temp_folder&) = delete;
    std::string path;
};

inline int times_in(const std::string& text, std::string_view what) {
    int n = 0;
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + what.size())) {
        ++n;
    }
    return n;
}

class client {
public:
    explicit client(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_port = htons(static_cast<std::uint16_t>(port));
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected = ::connect(fd_.get(), reinterpret_cast<sockaddr*>(&at), sizeof at) == 0;
    }

    /// Takes over a socket that is connected.
    client(std::true_type /*connected*/, int fd) : connected(true), fd_(fd) {}

    bool send(std::string_view text) {
        while (!text.empty()) {
            const ssize_t n = ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
            if (n < 0) {
                return false;
            }
            text.remove_prefix(static_cast<std::size_t>(n));
        }
        return true;
    }

    void half_close() { ::shutdown(fd_.get(), SHUT_WR); }

    /// Reads until `what` has come `times` times. False: the end, a reset or the ceiling.
    bool until(std::string_view what, int times = 1) {
        while (count(what) < times) {
            if (!read_some()) {
                return false;
            }
        }
        return true;
    }

    /// Reads to the end. True: it was a FIN, not a reset and not the ceiling.
    bool to_end() {
        while (read_some()) {
        }
        return ended;
    }

    /// Reads once. False: the end, a reset or the ceiling.
    bool read_some() {
        pollfd wait{fd_.get(), POLLIN, 0};
        if (::poll(&wait, 1, static_cast<int>(std::chrono::milliseconds(ceiling).count())) != 1) {
            return false;
        }
        std::array<char, 65536> room;
        const ssize_t n = ::recv(fd_.get(), room.data(), room.size(), 0);
        ended = n == 0;
        was_reset = n < 0;
        if (n > 0) {
            in.append(room.data(), static_cast<std::size_t>(n));
        }
        return n > 0;
    }

    [[nodiscard]] int count(std::string_view what) const { return times_in(in, what); }

    [[nodiscard]] int fd() const { return fd_.get(); }

    std::string in;
    bool connected = false;
    bool ended = false;
    bool was_reset = false;

private:
    sys::unique_fd fd_;
};

class child {
public:
    explicit child(const std::string& scenario, const std::string& grace = "10s") {
        std::array<int, 2> out{};
        static_cast<void>(::pipe(out.data()));
        const std::string report = folder.path + "/report.json";
        pid_ = ::fork();
        if (pid_ == 0) {
            ::dup2(out[1], 1);
            ::close(out[0]);
            ::close(out[1]);
            ::setenv("LASTCALL_SCENARIO", scenario.c_str(), 1);
            ::setenv("LASTCALL_GRACE", grace.c_str(), 1);
            ::setenv("TEST_REPORT", report.c_str(), 1);
            ::setenv("TEST_FOLDER", folder.path.c_str(), 1);
            ::execl("/proc/self/exe", "service", nullptr);
            ::_exit(127);
        }
        ::close(out[1]);
        out_ = sys::unique_fd(out[0]);
        if (says("\n")) {
            port = std::atoi(said_.c_str());
        }
    }
    child(const child&) = delete;
    child& operator=(const child&) = delete;
    ~child() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
    }

    /// Waits until its output contains `what`. False: it has ended, or the ceiling.
    bool says(std::string_view what) {
        while (said_.find(what) == std::string::npos) {
            std::array<char, 4096> text;
            pollfd wait{out_.get(), POLLIN, 0};
            if (::poll(&wait, 1, static_cast<int>(std::chrono::milliseconds(ceiling).count())) !=
                1) {
                return false;
            }
            const ssize_t n = ::read(out_.get(), text.data(), text.size());
            if (n <= 0) {
                return false;
            }
            said_.append(text.data(), static_cast<std::size_t>(n));
        }
        return true;
    }

    void signal(int number = SIGTERM) const { ::kill(pid_, number); }

    /// The exit code, 128 + n for a signal.
    int wait() {
        int status = 0;
        ::waitpid(pid_, &status, 0);  // the grace of the service bounds it
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

    int stop() {
        signal();
        return wait();
    }

    [[nodiscard]] std::string report() const {
        std::ifstream file(folder.path + "/report.json");
        std::stringstream all;
        all << file.rdbuf();
        return all.str();
    }

    /// Processor time used so far, in clock ticks.
    [[nodiscard]] long ticks() const {
        std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
        std::string skip;
        long user = 0;
        long system = 0;
        for (int i = 0; i < 13; ++i) {
            file >> skip;
        }
        file >> user >> system;
        return user + system;
    }

    temp_folder folder;
    int port = 0;

private:
    pid_t pid_ = -1;
    sys::unique_fd out_;
    std::string said_;
};

/// Runs a scenario in this process and returns its exit code.
int run_service(const std::string& scenario);

}  // namespace lastcall::testing

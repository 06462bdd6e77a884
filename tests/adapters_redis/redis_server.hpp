// A redis-server of its own for one test: a private directory, a unix socket and a free
// port, stopped with the test, by its pid.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace lastcall::testing {

class redis_server {
public:
    enum class port_kind { plain, tls };

    /// Starts one and waits until it accepts connections.
    ///
    /// `settings`  further words of its command line: {"--requirepass", "secret"}.
    /// `what`      what its port speaks; its unix socket is always plain.
    explicit redis_server(std::vector<std::string> settings = {},
                          port_kind what = port_kind::plain) {
        std::string made =
            (std::filesystem::temp_directory_path() / "lastcall-redis.XXXXXX").string();
        if (::mkdtemp(made.data()) == nullptr) {
            throw std::runtime_error("redis_server: mkdtemp " + made);
        }
        directory_ = made;
        // Between looking for a free port and the server's bind another process can take
        // it; then the server ends, and the next port is tried.
        for (int attempt = 0; attempt < 10; ++attempt) {
            port_ = free_port();
            if (start(settings, what)) {
                return;
            }
        }
        std::filesystem::remove_all(directory_);
        throw std::runtime_error(
            "redis_server: redis-server does not start (Debian: redis-server): " + output_);
    }
    redis_server(const redis_server&) = delete;
    redis_server& operator=(const redis_server&) = delete;

    ~redis_server() {
        stop();
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }

    /// For redis_options::url.
    [[nodiscard]] std::string url() const { return "unix://" + socket_path(); }
    [[nodiscard]] std::string tcp_url(const std::string& password = {}) const {
        return "redis://" + (password.empty() ? "" : ":" + password + "@") +
               "127.0.0.1:" + std::to_string(port_);
    }
    [[nodiscard]] std::string tls_url(const std::string& host = "127.0.0.1") const {
        return "rediss://" + host + ":" + std::to_string(port_);
    }
    [[nodiscard]] std::string socket_path() const { return directory_ + "/redis.sock"; }
    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] pid_t pid() const { return pid_; }

    /// A server that is there, and does not answer.
    void freeze() const { ::kill(pid_, SIGSTOP); }
    void thaw() const { ::kill(pid_, SIGCONT); }

    /// Ends it, for good.
    void stop() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            int status = 0;
            while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
            }
            pid_ = -1;
        }
        if (output_fd_ >= 0) {
            ::close(output_fd_);
            output_fd_ = -1;
        }
    }

private:
    static int free_port() {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        const bool is_found =
            ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
            ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
        ::close(fd);
        if (!is_found) {
            throw std::runtime_error("redis_server: no free port");
        }
        return ntohs(address.sin_port);
    }

    bool start(const std::vector<std::string>& settings, port_kind what) {
        const std::string port = std::to_string(port_);
        const bool is_tls = what == port_kind::tls;
        std::vector<std::string> words{"redis-server",
                                       "--port",
                                       is_tls ? "0" : port,
                                       "--tls-port",
                                       is_tls ? port : "0",
                                       "--bind",
                                       "127.0.0.1",
                                       "--unixsocket",
                                       socket_path(),
                                       "--dir",
                                       directory_,
                                       "--save",
                                       "",
                                       "--appendonly",
                                       "no",
                                       "--daemonize",
                                       "no"};
        words.insert(words.end(), settings.begin(), settings.end());
        std::vector<char*> argv;
        for (std::string& word : words) {
            argv.push_back(word.data());
        }
        argv.push_back(nullptr);
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) {
            throw std::runtime_error("redis_server: pipe2");
        }
        const pid_t parent = ::getpid();
        pid_ = ::fork();
        if (pid_ < 0) {
            throw std::runtime_error("redis_server: fork");
        }
        if (pid_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            // The pipe may become full or lose its reader; neither must end the server.
            ::signal(SIGPIPE, SIG_IGN);
            sigset_t none;
            ::sigemptyset(&none);
            ::sigprocmask(SIG_SETMASK, &none, nullptr);
            ::dup2(ends[1], STDOUT_FILENO);
            ::dup2(ends[1], STDERR_FILENO);
            if (::getppid() == parent) {
                ::execvp(argv[0], argv.data());
            }
            std::_Exit(127);
        }
        ::close(ends[1]);
        output_fd_ = ends[0];
        ::fcntl(output_fd_, F_SETFL, O_NONBLOCK);
        if (!hears("Ready to accept connections") || !hears(socket_path())) {
            stop();
            return false;
        }
        return true;
    }

    /// Reads what it prints until `text` is in it.
    bool hears(const std::string& text) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (output_.find(text) == output_.npos) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                until - std::chrono::steady_clock::now());
            pollfd ready{output_fd_, POLLIN, 0};
            if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) == 0) {
                return false;
            }
            char buffer[4096];
            const ssize_t got = ::read(output_fd_, buffer, sizeof buffer);
            if (got == 0) {
                return false;
            }
            output_.append(buffer, got > 0 ? static_cast<std::size_t>(got) : 0);
        }
        return true;
    }

    std::string directory_;
    std::string output_;
    int port_ = 0;
    int output_fd_ = -1;
    pid_t pid_ = -1;
};

}  // namespace lastcall::testing

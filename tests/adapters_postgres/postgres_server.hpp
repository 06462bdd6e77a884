// A PostgreSQL server of the test's own: a temporary folder, a Unix socket in it, no TCP.
//
// Runs as the user "postgres" when the test is root, because the server refuses to be.
// It is the test's child and goes down with it, also when the test is killed.
#pragma once

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace lastcall::testing {

class postgres_server {
public:
    /// Errors: std::runtime_error: no server installed, or it does not start.
    postgres_server() : programs_(find_programs()), folder_(make_folder()) {
        try {
            run_to_end({programs_ / "initdb", "-D", data(), "-A", "trust", "-U", "postgres", "-N",
                        "--no-instructions", "-E", "UTF8", "--locale=C"});
            start();
        } catch (...) {
            remove_folder();
            throw;
        }
    }
    postgres_server(const postgres_server&) = delete;
    postgres_server& operator=(const postgres_server&) = delete;
    ~postgres_server() {
        stop();
        remove_folder();
    }

    [[nodiscard]] std::string conninfo() const {
        return "host=" + folder_.string() + " port=5432 user=postgres dbname=postgres";
    }

    /// Waits until it answers.
    void start() {
        pid_ = spawn({programs_ / "postgres", "-D", data(), "-k", folder_.string(), "-c",
                      "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c",
                      "max_connections=40", "-c", "shared_buffers=16MB", "-c",
                      "log_min_messages=fatal", "-c", "autovacuum=off"});
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (!is_ready()) {
            int status = 0;
            if (::waitpid(pid_, &status, WNOHANG) == pid_ ||
                std::chrono::steady_clock::now() > until) {
                stop();
                throw std::runtime_error("the PostgreSQL server did not start; see " + log());
            }
            // It tells that it is ready in a file only.
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }

    /// Ends it. `signal`: SIGINT rolls back what runs, SIGKILL is a crash.
    void stop(int signal = SIGINT) {
        if (pid_ > 0) {
            ::kill(pid_, signal);
            ::waitpid(pid_, nullptr, 0);
            pid_ = -1;
        }
    }

    /// Stops answering, without closing a connection, until `resume`: all its processes.
    void freeze() const { signal_all(SIGSTOP); }
    void resume() const { signal_all(SIGCONT); }

private:
    static std::filesystem::path find_programs() {
        std::vector<std::filesystem::path> found;
        if (const char* const given = std::getenv("LASTCALL_POSTGRES_BIN")) {
            found.emplace_back(given);
        }
        // Where Debian and its kin put them, by version; then where others do.
        std::error_code ignored;
        for (const auto& version :
             std::filesystem::directory_iterator("/usr/lib/postgresql", ignored)) {
            found.push_back(version.path() / "bin");
        }
        std::sort(found.rbegin(), found.rend());
        for (const char* const other : {"/usr/bin", "/usr/local/bin", "/usr/pgsql/bin"}) {
            found.emplace_back(other);
        }
        for (const auto& one : found) {
            if (std::filesystem::exists(one / "initdb", ignored)) {
                return one;
            }
        }
        throw std::runtime_error(
            "no PostgreSQL server is installed (initdb); "
            "LASTCALL_POSTGRES_BIN names its folder");
    }

    static const passwd* other_user() {
        return ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr;
    }

    static std::filesystem::path make_folder() {
        // A socket's path has 107 characters at most, so it is a short one.
        std::string pattern =
            (std::filesystem::temp_directory_path() / "lastcall-pg-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) {
            throw std::system_error(errno, std::generic_category(), "mkdtemp " + pattern);
        }
        if (const passwd* const user = other_user()) {
            if (::chown(pattern.c_str(), user->pw_uid, user->pw_gid) != 0) {
                throw std::system_error(errno, std::generic_category(), "chown " + pattern);
            }
        }
        return pattern;
    }

    pid_t spawn(std::vector<std::string> command) const {
        std::vector<char*> argv;
        for (std::string& one : command) {
            argv.push_back(one.data());
        }
        argv.push_back(nullptr);
        const passwd* const user = other_user();
        const std::string output = log();
        const pid_t parent = ::getpid();
        const pid_t child = ::fork();
        if (child < 0) {
            throw std::system_error(errno, std::generic_category(), "fork");
        }
        if (child == 0) {
            sigset_t none;
            sigemptyset(&none);
            ::sigprocmask(SIG_SETMASK, &none, nullptr);
            if (user != nullptr && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 ||
                                    ::setuid(user->pw_uid) != 0)) {
                ::_exit(126);
            }
            // After setuid, which clears it. SIGQUIT is the server's immediate stop.
            ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
            const int to = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
            if (::getppid() != parent || to < 0 || ::dup2(to, 1) < 0 || ::dup2(to, 2) < 0) {
                ::_exit(126);
            }
            ::execv(argv[0], argv.data());
            ::_exit(127);
        }
        return child;
    }

    void run_to_end(std::vector<std::string> command) const {
        const std::string name = command.front();
        int status = 0;
        ::waitpid(spawn(std::move(command)), &status, 0);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            std::ifstream in(log());
            throw std::runtime_error(
                name + " failed: " +
                std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()));
        }
    }

    // The eighth line of postmaster.pid.
    bool is_ready() const {
        std::ifstream in(data() + "/postmaster.pid");
        std::string line;
        for (int i = 0; i < 8; ++i) {
            std::getline(in, line);
        }
        return line.starts_with("ready");
    }

    void signal_all(int signal) const {
        ::kill(pid_, signal);
        std::ifstream children("/proc/" + std::to_string(pid_) + "/task/" + std::to_string(pid_) +
                               "/children");
        for (pid_t child = 0; children >> child;) {
            ::kill(child, signal);
        }
    }

    void remove_folder() const {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    std::string data() const { return (folder_ / "data").string(); }
    std::string log() const { return (folder_ / "log").string(); }

    std::filesystem::path programs_;
    std::filesystem::path folder_;
    pid_t pid_ = -1;
};

}  // namespace lastcall::testing

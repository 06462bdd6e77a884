#include "init_run/keeper_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace lastcall::init_run {
namespace {

using std::chrono::steady_clock;

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> made;
    for (std::string& text : texts) {
        made.push_back(text.data());
    }
    made.push_back(nullptr);
    return made;
}

/// fork(2) with namespaces: the child's /proc is mounted by itself.
pid_t fork_into(unsigned long flags) {
    return static_cast<pid_t>(::syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, 0));
}

bool mount_own_proc() {
    return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("proc", "/proc", "proc", 0, nullptr) == 0;
}

void fill(int pipe_end) {
    const int flags = ::fcntl(pipe_end, F_GETFL);
    ::fcntl(pipe_end, F_SETFL, flags | O_NONBLOCK);
    char byte = 'x';
    while (::write(pipe_end, &byte, 1) == 1) {
    }
    ::fcntl(pipe_end, F_SETFL, flags);
}

struct pipe_ends {
    int read_end;
    int write_end;
};

pipe_ends make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        throw std::runtime_error("pipe");
    }
    return {ends[0], ends[1]};
}

}  // namespace

void PrintTo(place where, std::ostream* out) {
    *out << (where == place::first_process ? "PID 1" : "subreaper");
}

std::string name_of(const ::testing::TestParamInfo<place>& info) {
    return info.param == place::first_process ? "AsFirstProcess" : "AsSubreaper";
}

bool can_make_namespaces() {
    static const bool can = [] {
        const pid_t pid = fork_into(CLONE_NEWPID | CLONE_NEWNS);
        if (pid == 0) {
            ::_exit(mount_own_proc() ? 0 : 1);
        }
        int status = 1;
        return pid > 0 && ::waitpid(pid, &status, 0) == pid && status == 0;
    }();
    return can;
}

std::string keeper_path() { return LASTCALL_INIT_PROGRAM; }

std::string own_path() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

std::vector<std::string> scenario_command(const std::string& name) {
    return {"/usr/bin/env", "LASTCALL_TEST_SCENARIO=" + name, own_path()};
}

std::vector<std::string> shell(const std::string& script) { return {"/bin/sh", "-c", script}; }

keeper_process::keeper_process(const keeper_request& what) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    std::vector<std::string> words{what.program.empty() ? keeper_path() : what.program};
    words.insert(words.end(), what.options.begin(), what.options.end());
    if (what.separates) {
        words.emplace_back("--");
    }
    words.insert(words.end(), what.command.begin(), what.command.end());
    std::vector<char*> argv = pointers(words);
    std::vector<std::string> added = what.environment;
    const pipe_ends out = make_pipe();
    const pipe_ends err = make_pipe();
    if (what.error == stream::unread) {
        fill(err.write_end);
    }
    const bool is_first = what.where == place::first_process;
    pid_ = fork_into(is_first ? CLONE_NEWPID | CLONE_NEWNS : 0);
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (is_first && !mount_own_proc()) {
            ::_exit(96);
        }
        const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        ::dup2(nothing, 0);
        ::dup2(out.write_end, 1);
        ::dup2(err.write_end, 2);
        for (std::string& one : added) {
            ::putenv(one.data());
        }
        if (what.prepare) {
            what.prepare();
        }
        if (what.error == stream::closed || what.closes_all) {
            ::close(2);
        }
        if (what.closes_all) {
            ::close(0);
            ::close(1);
        }
        ::execv(argv[0], argv.data());
        ::_exit(97);
    }
    ::close(out.write_end);
    ::close(err.write_end);
    out_pipe_ = out.read_end;
    if (what.error == stream::unread) {
        unread_ = err.read_end;
    } else {
        err_pipe_ = err.read_end;
    }
    if (pid_ < 0) {
        throw std::runtime_error("clone");
    }
}

keeper_process::~keeper_process() {
    if (!ended_) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    // What a keeper that was killed leaves behind is ours.
    const std::string children = "/proc/self/task/" + std::to_string(::getpid()) + "/children";
    while (::waitpid(-1, nullptr, WNOHANG) >= 0) {
        std::ifstream file(children);
        for (pid_t one = 0; file >> one;) {
            ::kill(one, SIGKILL);
        }
        std::this_thread::yield();
    }
    for (const int fd : {out_pipe_, err_pipe_, unread_}) {
        if (fd >= 0) {
            ::close(fd);
        }
    }
}

bool keeper_process::read_more(steady_clock::time_point until) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - steady_clock::now()).count();
    pollfd polled[] = {{out_pipe_, POLLIN, 0}, {err_pipe_, POLLIN, 0}};
    if (left < 0 || ::poll(polled, 2, static_cast<int>(left)) <= 0) {
        return false;
    }
    bool any = false;
    char buffer[65536];
    const auto take = [&](pollfd& one, int& fd, std::string& into) {
        if (one.revents == 0) {
            return;
        }
        const ssize_t n = ::read(fd, buffer, sizeof buffer);
        if (n > 0) {
            into.append(buffer, static_cast<std::size_t>(n));
            any = true;
        } else {
            ::close(fd);
            fd = -1;
        }
    };
    take(polled[0], out_pipe_, out_);
    take(polled[1], err_pipe_, err_);
    return any;
}

bool keeper_process::wait_for(const std::string& text, int times) {
    const auto until = steady_clock::now() + ceiling;
    while (count_of(out_, text) + count_of(err_, text) < times) {
        if (!read_more(until) &&
            (steady_clock::now() > until || (out_pipe_ < 0 && err_pipe_ < 0))) {
            return false;
        }
    }
    return true;
}

void keeper_process::signal(int number) {
    if (signalled_ == steady_clock::time_point{}) {
        signalled_ = steady_clock::now();
    }
    ::kill(pid_, number);
}

int keeper_process::wait() {
    const auto until = steady_clock::now() + ceiling;
    int status = 0;
    for (;;) {
        read_more(std::min(until, steady_clock::now() + std::chrono::milliseconds(5)));
        if (::waitpid(pid_, &status, WNOHANG) == pid_) {
            end_ = steady_clock::now();
            ended_ = true;
            while (read_more(steady_clock::now())) {
            }
            return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
        }
        if (steady_clock::now() > until) {
            throw std::runtime_error("the keeper did not end; it wrote:\n" + out_ + err_);
        }
    }
}

std::string keeper_process::last_line() const {
    if (err_.size() < 2) {
        return err_;
    }
    const std::size_t before = err_.rfind('\n', err_.size() - 2);
    return before == std::string::npos ? err_ : err_.substr(before + 1);
}

std::string keeper_process::messages() const {
    return err_.substr(0, err_.size() - last_line().size());
}

std::chrono::milliseconds keeper_process::took() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(end_ - signalled_);
}

long number_in(const std::string& json, const std::string& key) {
    const auto at = json.find("\"" + key + "\":");
    if (at == std::string::npos) {
        return -1;
    }
    try {
        return std::stol(json.substr(at + key.size() + 3));
    } catch (const std::exception&) {
        return -1;
    }
}

int count_of(const std::string& text, const std::string& part) {
    int count = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

bool nothing_is_left() { return ::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD; }

std::string read_file(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

bool write_file(const std::string& path, const std::string& text) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    const bool good =
        fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (fd >= 0) {
        ::close(fd);
    }
    return good;
}

bool wait_until(const std::function<bool()>& what) {
    const auto end = steady_clock::now() + ceiling;
    while (!what()) {
        if (steady_clock::now() > end) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

private_folder::private_folder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "lastcall-test.XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        throw std::runtime_error("mkdtemp");
    }
    path_ = pattern;
}

private_folder::~private_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace lastcall::init_run

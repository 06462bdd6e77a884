#include "processes.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "link.hpp"
#include "sys/process/process.hpp"

namespace deploy_bench {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// "NAME:   123 kB" of a file of /proc.
double value_in(const std::string& file, const std::string& name) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(name + ":")) {
            return std::stod(line.substr(name.size() + 1));
        }
    }
    throw std::runtime_error(file + " does not tell " + name);
}

std::string text_of(const std::string& file) {
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

int spawn(const std::vector<std::string>& argv, const std::string& home,
          const std::string& output) {
    std::vector<char*> arguments;
    for (const auto& one : argv) {
        arguments.push_back(const_cast<char*>(one.c_str()));
    }
    arguments.push_back(nullptr);
    std::vector<std::string> texts{"LASTCALL_HOME=" + home, "NO_COLOR=1"};
    for (char** one = environ; *one != nullptr; ++one) {
        const std::string_view text = *one;
        if (!text.starts_with("LASTCALL_") && !text.starts_with("NO_COLOR=")) {
            texts.emplace_back(text);
        }
    }
    std::vector<char*> environment;
    for (auto& one : texts) {
        environment.push_back(one.data());
    }
    environment.push_back(nullptr);
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&files, 1, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                       0600);
    ::posix_spawn_file_actions_adddup2(&files, 1, 2);
    posix_spawnattr_t how;
    ::posix_spawnattr_init(&how);
    ::posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP);
    int pid = 0;
    const int error =
        ::posix_spawn(&pid, arguments.front(), &files, &how, arguments.data(), environment.data());
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&how);
    if (error != 0) {
        throw std::runtime_error(argv.front() + " cannot be run: " + std::strerror(error));
    }
    return pid;
}

}  // namespace

resident resident_of(int pid) {
    const auto folder = "/proc/" + std::to_string(pid);
    return {value_in(folder + "/status", "VmRSS"), value_in(folder + "/smaps_rollup", "Pss"),
            value_in(folder + "/status", "RssAnon")};
}

activity activity_of(int pid) {
    activity made;
    for (const auto& thread : fs::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
        const auto status = thread.path().string() + "/status";
        made.switches += value_in(status, "voluntary_ctxt_switches") +
                         value_in(status, "nonvoluntary_ctxt_switches");
        std::ifstream in(thread.path() / "schedstat");
        double running = 0;
        in >> running;
        made.running_ns += running;
    }
    return made;
}

std::vector<int> tree_of(int pid) {
    std::vector<int> made{pid};
    for (std::size_t i = 0; i < made.size(); ++i) {
        const auto folder = "/proc/" + std::to_string(made[i]) + "/task";
        std::error_code gone;
        for (const auto& thread : fs::directory_iterator(folder, gone)) {
            std::ifstream in(thread.path() / "children");
            for (int child = 0; in >> child;) {
                made.push_back(child);
            }
        }
    }
    return made;
}

ended_command run_command(const std::vector<std::string>& argv, const std::string& home) {
    const auto output = home + "/output." + std::to_string(now_ns());
    const auto from = now_ns();
    const int pid = spawn(argv, home, output);
    int status = 0;
    ::waitpid(pid, &status, 0);
    ended_command made;
    made.took_ms = static_cast<double>(now_ns() - from) / 1e6;
    made.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    made.text = text_of(output);
    fs::remove(output);
    return made;
}

int start_command(const std::vector<std::string>& argv, const std::string& home,
                  const std::string& output) {
    return spawn(argv, home, output);
}

void end_child(int pid, int number) noexcept {
    ::kill(pid, number);
    const auto until = std::chrono::steady_clock::now() + 10s;
    while (::waitpid(pid, nullptr, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() > until) {
            ::kill(pid, SIGKILL);
            ::waitpid(pid, nullptr, 0);
            return;
        }
        lastcall::sys::sleep_until(std::chrono::steady_clock::now() + 5ms);
    }
}

}  // namespace deploy_bench

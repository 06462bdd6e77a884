#include "sys/process/control_group.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sys/error_text.hpp"
#include "sys/process/group_leaf.hpp"
#include "sys/process/pidfd.hpp"
#include "sys/unique_name.hpp"

namespace lastcall::sys {
namespace {

namespace files = std::filesystem;

struct hierarchy {
    std::string mount;  // where it is mounted
    std::string path;   // our own place in it
};

/// The path in a line of /proc/self/cgroup, "4:pids:/a/b" or "0::/a/b", of a controller;
/// empty `controller`: version 2.
std::string own_path(std::string_view controller) {
    std::ifstream file("/proc/self/cgroup");
    std::string line;
    while (std::getline(file, line)) {
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (second == std::string::npos) {
            continue;
        }
        const auto names = "," + line.substr(first + 1, second - first - 1) + ",";
        if (controller.empty()
                ? names == ",,"
                : names.find("," + std::string(controller) + ",") != std::string::npos) {
            const auto path = line.substr(second + 1);
            return controller.empty() ? std::string(above_leaf(path)) : path;
        }
    }
    return "/";
}

/// Version 2 first, wherever it is mounted; then two of version 1 that nobody's limits hang on.
std::vector<hierarchy> hierarchies() {
    std::vector<hierarchy> found;
    std::vector<hierarchy> of_version_1;
    std::ifstream file("/proc/self/mounts");
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::string device;
        std::string mount;
        std::string type;
        std::string options;
        words >> device >> mount >> type >> options;
        options = "," + options + ",";
        if (type == "cgroup2") {
            found.push_back({mount, own_path({})});
        } else if (type == "cgroup") {
            for (const auto* controller : {"pids", "name=systemd", "freezer"}) {
                if (options.find("," + std::string(controller) + ",") != std::string::npos) {
                    of_version_1.push_back({mount, own_path(controller)});
                }
            }
        }
    }
    found.insert(found.end(), of_version_1.begin(), of_version_1.end());
    return found;
}

void add_processes(const files::path& folder, std::vector<int>& into) {
    std::ifstream file(folder / "cgroup.procs");
    for (int pid = 0; file >> pid;) {
        if (pid > 0) {  // 0: of a PID namespace that we do not see
            into.push_back(pid);
        }
    }
    std::error_code ignored;  // a group may go away while we look
    for (const auto& below : files::directory_iterator(folder, ignored)) {
        if (below.is_directory(ignored)) {
            add_processes(below.path(), into);
        }
    }
}

void remove_tree(const files::path& folder) {
    std::error_code ignored;
    std::vector<files::path> below;
    for (const auto& entry : files::directory_iterator(folder, ignored)) {
        if (entry.is_directory(ignored)) {
            below.push_back(entry.path());
        }
    }
    for (const auto& one : below) {
        remove_tree(one);
    }
    for (int tries = 0; tries < 100 && ::rmdir(folder.c_str()) != 0 && errno == EBUSY; ++tries) {
        ::usleep(5'000);  // who was killed is still leaving
    }
}

}  // namespace

std::optional<control_group> control_group::make(std::string& why, const char* name) {
    why = "no cgroup file system is mounted";
    for (const auto& one : hierarchies()) {
        for (const auto& parent : {one.mount + one.path, one.mount}) {
            const auto folder =
                parent + (parent.ends_with('/') ? "" : "/") + name + "." + random_digits();
            if (::mkdir(folder.c_str(), 0755) != 0) {
                why = folder + ": " + error_text(errno);
                continue;
            }
            control_group made(folder);
            if (made.open_for_entry()) {
                return made;
            }
            why = folder + "/cgroup.procs: " + error_text(errno);
        }
    }
    return std::nullopt;
}

control_group::~control_group() {
    if (!folder_.empty()) {
        remove_tree(folder_);
    }
}

unique_fd control_group::open_for_entry() const noexcept {
    return unique_fd(::open((folder_ + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
}

int control_group::set(const std::string& name, const std::string& value) const noexcept {
    const auto put = [](const std::string& path, const std::string& text) {
        const unique_fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
        return file && ::write(file.get(), text.data(), text.size()) ==
                           static_cast<ssize_t>(text.size())
                   ? 0
                   : errno;
    };
    int error = put(folder_ + "/" + name, value);
    if (error == ENOENT) {
        const auto parent = folder_.substr(0, folder_.rfind('/'));
        const int enabled =
            put(parent + "/cgroup.subtree_control", "+" + name.substr(0, name.find('.')));
        error = enabled == 0 ? put(folder_ + "/" + name, value) : enabled == EBUSY ? EBUSY : error;
    }
    return error;
}

std::uint64_t control_group::read_number(const std::string& file, const std::string& name) const {
    std::ifstream lines(folder_ + "/" + file);
    std::string key;
    for (std::uint64_t number = 0; lines >> key >> number;) {
        if (key == name) {
            return number;
        }
    }
    return 0;
}

std::vector<int> control_group::processes() const { return processes_of_cgroup(folder_); }

void control_group::kill() const noexcept {
    const unique_fd file(::open((folder_ + "/cgroup.kill").c_str(), O_WRONLY | O_CLOEXEC));
    if (file && ::write(file.get(), "1", 1) == 1) {
        return;
    }
    // Who forks meanwhile is in the next list.
    for (int walk = 0; walk < 100; ++walk) {
        const auto all = processes();
        if (all.empty()) {
            return;
        }
        for (const int pid : all) {
            ::kill(pid, SIGKILL);
        }
        ::usleep(2'000);
    }
}

std::vector<int> processes_of_cgroup(const std::string& folder) {
    std::vector<int> found;
    if (!folder.empty()) {
        add_processes(folder, found);
    }
    return found;
}

std::string folder_of_cgroup(const std::string& path) {
    std::error_code ignored;
    for (const auto& one : hierarchies()) {
        auto folder = one.mount + path;
        if (files::exists(folder + "/cgroup.procs", ignored)) {
            return folder;
        }
    }
    return {};
}

}  // namespace lastcall::sys

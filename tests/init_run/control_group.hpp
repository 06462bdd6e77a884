// A cgroup of a test, of v1 or v2, removed at its end.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "init_run/keeper_process.hpp"

namespace lastcall::init_run {

class control_group {
public:
    /// `controller`  "pids", "freezer", "memory"
    explicit control_group(const std::string& controller) {
        const std::string v1 = "/sys/fs/cgroup/" + controller;
        is_v2_ = !std::filesystem::exists(v1 + "/cgroup.procs");
        const std::string top = is_v2_ ? "/sys/fs/cgroup" : v1;
        if (is_v2_ && controller != "freezer") {
            write_file(top + "/cgroup.subtree_control", "+" + controller);
        }
        path_ = top + "/lastcall-test." + std::to_string(::getpid());
        is_there_ = ::mkdir(path_.c_str(), 0755) == 0;
    }
    control_group(const control_group&) = delete;
    control_group& operator=(const control_group&) = delete;
    ~control_group() {
        if (is_there_) {
            thaw();
            wait_until([this] { return ::rmdir(path_.c_str()) == 0; });
        }
    }

    [[nodiscard]] explicit operator bool() const { return is_there_; }
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
    [[nodiscard]] std::string read(const std::string& name) const { return read_file(file(name)); }
    [[nodiscard]] bool write(const std::string& name, const std::string& text) const {
        return write_file(file(name), text);
    }
    /// The calling process, and what it starts, is in it from now on.
    void enter() const {
        if (!write("cgroup.procs", "0")) {
            ::_exit(93);
        }
    }
    [[nodiscard]] bool freeze() const {
        if (is_v2_) {
            return write("cgroup.freeze", "1") &&
                   wait_until([this] { return has(read("cgroup.events"), "frozen 1"); });
        }
        return write("freezer.state", "FROZEN") &&
               wait_until([this] { return read("freezer.state") == "FROZEN\n"; });
    }
    void thaw() const {
        static_cast<void>(std::filesystem::exists(file("freezer.state"))
                              ? write("freezer.state", "THAWED")
                              : std::filesystem::exists(file("cgroup.freeze")) &&
                                    write("cgroup.freeze", "0"));
    }
    [[nodiscard]] bool limit_memory(const std::string& size) const {
        if (is_v2_) {
            return write("memory.max", size) && write("memory.swap.max", "0");
        }
        return write("memory.limit_in_bytes", size);
    }

private:
    std::string path_;
    bool is_v2_ = false;
    bool is_there_ = false;
};

}  // namespace lastcall::init_run

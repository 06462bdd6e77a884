#include "cli/programs.hpp"

#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "cli/problem.hpp"
#include "sys/process/launch.hpp"

namespace lastcall::cli {

namespace fs = std::filesystem;

std::string own_program() {
    std::error_code error;
    const auto made = fs::read_symlink("/proc/self/exe", error);
    if (error) {
        throw problem("/proc/self/exe cannot be read: " + error.message(), "mount /proc");
    }
    return made.string();
}

std::string sibling_program(const std::string& name) {
    const auto folder = fs::path(own_program()).parent_path();
    const auto is_program = [](const fs::path& file) {
        std::error_code ignored;
        return fs::is_regular_file(file, ignored) && sys::can_run(file.c_str());
    };
    if (is_program(folder / name)) {
        return (folder / name).string();
    }
    const char* const path = std::getenv("PATH");
    std::string_view left = path == nullptr ? "" : path;
    while (!left.empty()) {
        const auto end = std::min(left.find(':'), left.size());
        const fs::path file = fs::path(left.substr(0, end)) / name;
        if (file.is_absolute() && is_program(file)) {
            return file.string();
        }
        left.remove_prefix(std::min(end + 1, left.size()));
    }
    throw problem("there is no " + name + " in " + folder.string() + ", nor in PATH",
                  "install it beside lastcall");
}

}  // namespace lastcall::cli

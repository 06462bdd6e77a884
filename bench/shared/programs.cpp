#include "shared/programs.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>

namespace measured {

std::optional<std::string> find_program(const std::string& name) {
    const char* const path = std::getenv("PATH");
    std::istringstream folders(std::string(path != nullptr ? path : "") +
                               ":/usr/sbin:/usr/local/sbin:/usr/local/go/bin");
    for (std::string folder; std::getline(folders, folder, ':');) {
        const auto file = std::filesystem::path(folder) / name;
        if (!folder.empty() && ::access(file.c_str(), X_OK) == 0) {
            return file.string();
        }
    }
    return std::nullopt;
}

std::string require_program(const std::string& name) {
    if (auto found = find_program(name)) {
        return *std::move(found);
    }
    throw std::runtime_error(name + " is not installed, or not in PATH");
}

std::string own_folder() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
}

}  // namespace measured

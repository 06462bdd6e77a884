// A private folder with files in it, for tests of the walk and the engine.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "sys/private_directory.hpp"

namespace lastcall::lint {

class test_folder {
public:
    std::filesystem::path add(const std::string& name, std::string_view text) {
        const auto file = path() / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
        return file;
    }

    [[nodiscard]] std::filesystem::path path() const { return folder_.path(); }

private:
    sys::private_directory folder_;
};

inline std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace lastcall::lint

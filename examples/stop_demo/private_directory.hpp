// A directory of our own under TMPDIR, removed with all that is in it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace stop_demo {

class private_directory {
public:
    /// Errors: std::runtime_error.
    private_directory() {
        std::string made =
            (std::filesystem::temp_directory_path() / "lastcall-demo-XXXXXX").string();
        if (::mkdtemp(made.data()) == nullptr) {
            throw std::runtime_error("cannot make a directory like " + made);
        }
        path_ = made;
    }
    private_directory(const private_directory&) = delete;
    private_directory& operator=(const private_directory&) = delete;
    ~private_directory() {
        std::error_code ignored;  // nothing depends on it
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace stop_demo

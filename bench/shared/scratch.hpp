// A directory under TMPDIR, removed with all that is in it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace measured {

class scratch {
public:
    /// Errors: std::runtime_error.
    scratch() {
        std::string made = (std::filesystem::temp_directory_path() / "bench-XXXXXX").string();
        if (::mkdtemp(made.data()) == nullptr) {
            throw std::runtime_error("cannot make a directory like " + made);
        }
        path_ = made;
    }
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;
    ~scratch() {
        std::error_code ignored;  // nothing depends on it
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace measured

// A directory that only this process uses, gone with its object.
#pragma once

#include <filesystem>

namespace lastcall::sys {

class private_directory {
public:
    /// Made below $TMPDIR, else /tmp, mode 0700. Errors: std::system_error.
    explicit private_directory(const char* name = "lastcall");
    private_directory(const private_directory&) = delete;
    private_directory& operator=(const private_directory&) = delete;
    /// Removes it with everything inside.
    ~private_directory();

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace lastcall::sys

// The directory that a temp_directory and its files share.
#pragma once

#include <atomic>
#include <mutex>
#include <stop_token>
#include <string>

#include "adapters/temp_files/directory.hpp"
#include "sys/fd.hpp"

namespace lastcall::detail {

class temp_tree {
public:
    /// Errors: std::invalid_argument (name), std::system_error.
    temp_tree(const std::string& name, std::string parent);
    ~temp_tree();

    /// Removes everything. Does nothing the second time.
    /// Errors: std::system_error: something is left; the lock is released all the same,
    ///         so the next start removes it.
    void remove(const std::stop_token& stop);

    /// A new file. Errors: std::system_error.
    int create(std::string& name, std::string_view suffix);
    int anonymous();
    void remove_file(const std::string& name) noexcept;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] const temp::sweep_result& swept() const noexcept { return swept_; }

private:
    void check_open() const;

    sys::unique_fd parent_;
    temp::sweep_result swept_;
    std::mutex mutex_;  // no file is made while everything is removed
    temp::held_directory held_;
    std::string path_;
    bool removed_ = false;
};

}  // namespace lastcall::detail

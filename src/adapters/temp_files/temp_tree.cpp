#include "adapters/temp_files/temp_tree.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "adapters/temp_files/sys_files.hpp"
#include "sys/unique_name.hpp"

namespace lastcall::detail {

namespace {

void check_name(const std::string& name) {
    const bool is_plain =
        !name.empty() && name.front() != '.' && std::ranges::all_of(name, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '-' || c == '_' || c == '.';
        });
    if (!is_plain) {
        throw std::invalid_argument("temporary directory '" + name +
                                    "': use letters, digits, '-', '_' and '.' for its name");
    }
}

std::string absolute_parent(std::string given) {
    if (given.empty()) {
        const char* chosen = std::getenv("TMPDIR");
        given = chosen != nullptr && *chosen != '\0' ? chosen : "/tmp";
    }
    return std::filesystem::absolute(given).string();
}

}  // namespace

temp_tree::temp_tree(const std::string& name, std::string parent) {
    check_name(name);
    parent = absolute_parent(std::move(parent));
    parent_ = temp::open_parent(parent);
    swept_ = temp::sweep(parent_.get(), name);
    held_ = temp::make_held(parent_.get(), name);
    path_ = (std::filesystem::path(parent) / held_.entry).string();
}

temp_tree::~temp_tree() {
    try {
        remove({});
    } catch (const std::exception&) {
        // What is left has no holder from now on; the next start removes it.
    }
}

void temp_tree::remove(const std::stop_token& stop) {
    const std::lock_guard guard(mutex_);
    if (removed_) {
        return;
    }
    removed_ = true;
    struct release {
        temp::held_directory& held;
        ~release() {
            held.fd.reset();
            held.lock.reset();
        }
    } const at_the_end{held_};
    temp::remove_inside(held_.fd.get(), temp::lock_name, stop);
    int error = temp::remove_file(held_.fd.get(), temp::lock_name);
    error = error != 0 ? error : temp::remove_directory(parent_.get(), held_.entry.c_str());
    if (error != 0) {
        throw std::system_error(error, std::generic_category(), "remove " + path_);
    }
}

void temp_tree::check_open() const {
    if (removed_) {
        throw std::system_error(ESHUTDOWN, std::generic_category(),
                                "a temporary file after the stop removed " + path_);
    }
}

int temp_tree::create(std::string& name, std::string_view suffix) {
    if (suffix.find('/') != suffix.npos || suffix.find('\0') != suffix.npos) {
        throw std::invalid_argument("the suffix of a temporary file contains '/' or NUL");
    }
    const std::lock_guard guard(mutex_);
    check_open();
    for (;;) {
        name = sys::random_digits() + std::string(suffix);
        sys::unique_fd made = temp::make_file(held_.fd.get(), name.c_str());
        if (made) {
            return made.release();
        }
        if (errno != EEXIST) {
            throw std::system_error(errno, std::generic_category(),
                                    "make a temporary file in " + path_);
        }
    }
}

int temp_tree::anonymous() {
    {
        const std::lock_guard guard(mutex_);
        check_open();
        sys::unique_fd made = temp::make_unnamed(held_.fd.get());
        if (made) {
            return made.release();
        }
        // EISDIR: a kernel that does not know O_TMPFILE takes it for a directory.
        if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) {
            throw std::system_error(errno, std::generic_category(),
                                    "make an unnamed file in " + path_);
        }
    }
    std::string name;
    const int fd = create(name, {});
    remove_file(name);
    return fd;
}

void temp_tree::remove_file(const std::string& name) noexcept {
    const std::lock_guard guard(mutex_);
    if (!removed_) {
        temp::remove_file(held_.fd.get(), name.c_str());
    }
}

}  // namespace lastcall::detail

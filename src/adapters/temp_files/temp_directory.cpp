#include <lastcall/temp_files.hpp>

#include <utility>

#include "adapters/temp_files/sys_files.hpp"
#include "adapters/temp_files/temp_tree.hpp"

namespace lastcall {

temp_file::temp_file(temp_file&& other) noexcept
    : in_(std::move(other.in_)),
      name_(std::move(other.name_)),
      path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)) {}

temp_file& temp_file::operator=(temp_file&& other) noexcept {
    if (this != &other) {
        remove();
        in_ = std::move(other.in_);
        name_ = std::move(other.name_);
        path_ = std::move(other.path_);
        fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
}

temp_file::~temp_file() { remove(); }

void temp_file::write(std::string_view bytes) { temp::write_all(fd_, bytes); }
std::string temp_file::read_all() const { return temp::read_all(fd_); }
void temp_file::rewind() { temp::seek_start(fd_); }

void temp_file::truncate() {
    temp::truncate(fd_);
    temp::seek_start(fd_);
}

void temp_file::remove() noexcept {
    if (fd_ < 0) {
        return;
    }
    if (!name_.empty()) {
        in_->remove_file(name_);
    }
    sys::close_fd(std::exchange(fd_, -1));
    in_.reset();
    path_.clear();
}

temp_directory::temp_directory(lifecycle& life, temp_options options)
    : tree_(std::make_shared<detail::temp_tree>(options.name, std::move(options.parent))) {
    life.add({
        .name = std::move(options.name),
        .uses = std::move(options.uses),
        .close = [tree = tree_](const stop_context& context) { tree->remove(context.forced()); },
        .close_share = options.close_share,
    });
}

temp_directory::~temp_directory() {
    try {
        tree_->remove({});
    } catch (const std::exception&) {
        // The lock is released: the next start removes what is left.
    }
}

const std::string& temp_directory::path() const noexcept { return tree_->path(); }

temp_file temp_directory::create(std::string_view suffix) {
    std::string name;
    const int fd = tree_->create(name, suffix);
    std::string full = tree_->path() + "/" + name;
    return {tree_, std::move(name), std::move(full), fd};
}

temp_file temp_directory::anonymous() { return {tree_, {}, {}, tree_->anonymous()}; }

std::size_t temp_directory::leftovers_removed() const noexcept { return tree_->swept().removed; }

std::size_t temp_directory::leftovers_kept(std::string* why) const {
    if (why != nullptr) {
        *why = tree_->swept().why;
    }
    return tree_->swept().kept;
}

}  // namespace lastcall

// A disk that fails when it is told to, and remembers what was asked of it.
#pragma once

#include <cerrno>
#include <string>
#include <vector>

#include "adapters/durable_file/sys_disk.hpp"

namespace lastcall::testing {

class faulty_disk : public durable::disk {
public:
    int fail_write = 0;  ///< errno, after `write_limit` bytes
    std::size_t write_limit = 0;
    int fail_sync = 0;
    int fail_rename = 0;
    std::vector<std::string> asked;

    int write(int fd, std::string_view& bytes) noexcept override {
        asked.push_back("write");
        if (fail_write == 0) {
            return disk::write(fd, bytes);
        }
        std::string_view part = bytes.substr(0, write_limit);
        bytes.remove_prefix(part.size());
        disk::write(fd, part);
        return fail_write;
    }
    int sync_content(int fd) noexcept override {
        asked.push_back("sync content");
        return fail_sync != 0 ? fail_sync : disk::sync_content(fd);
    }
    int sync_all(int fd) noexcept override {
        asked.push_back("sync all");
        return fail_sync != 0 ? fail_sync : disk::sync_all(fd);
    }
    int close(sys::unique_fd& fd) noexcept override {
        asked.push_back("close");
        return disk::close(fd);
    }
    int rename(int directory, const char* from, const char* to) noexcept override {
        asked.push_back("rename");
        return fail_rename != 0 ? fail_rename : disk::rename(directory, from, to);
    }
};

}  // namespace lastcall::testing

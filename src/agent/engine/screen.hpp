// What `lastcall up` shows in the foreground: a line for each thing that happens, and what the
// services print, with their names in front.
//
// Threads: the engine's.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/commands.hpp"
#include "agent/story/words.hpp"
#include "sys/folder_watch.hpp"
#include "sys/readable_file.hpp"

namespace lastcall::agent {

class screen {
public:
    /// `services`  whose logs are shown, from their present end on
    screen(boost::asio::io_context& loop, commands& of, const std::vector<std::string>& services,
           const std::string& log_folder);
    screen(const screen&) = delete;
    screen& operator=(const screen&) = delete;
    ~screen();

private:
    struct log {
        std::string service;
        std::string path;
        sys::readable_file file{};
        std::uint64_t offset = 0;
        std::string line{};  ///< its beginning
    };
    void look();
    void wait_for_change();
    void read_on(log& one);
    void show(const journal_row& row);

    boost::asio::steady_timer timer_;
    std::optional<sys::folder_watch> watch_;  ///< unset: the kernel has no more of them for us
    boost::asio::posix::stream_descriptor changed_;  ///< its descriptor, lent
    std::vector<log> logs_;
    story::zone zone_ = story::local_zone();
    std::shared_ptr<void> following_;
};

}  // namespace lastcall::agent

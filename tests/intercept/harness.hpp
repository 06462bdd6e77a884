// Programs that are started under the filter, as a keeper would do it.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "intercept/group_and_load.hpp"
#include "sys/fd.hpp"
#include "sys/intercept/bind_filter.hpp"
#include "sys/intercept/bind_interceptor.hpp"

namespace lastcall::testing {

using sys::bind_interceptor;
using sys::intercept_event;
using what = sys::intercept_event::what;

struct start_options {
    std::vector<bind_interceptor::offer> offers;
    std::vector<bind_interceptor::port> ports;
    bind_interceptor::opener open;
    bool guards_paths = false;
    std::vector<std::string> environment;
    /// Called in the child before the filter is installed.
    std::function<void()> before_filter;
};

/// A program under the filter, and the thread that answers its calls.
class intercepted {
public:
    using body = std::function<int()>;
    intercepted(const std::vector<std::string>& argv, start_options options);
    /// Runs `run` in the child instead of a program.
    intercepted(const body& run, start_options options);
    intercepted(const intercepted&) = delete;
    intercepted& operator=(const intercepted&) = delete;
    ~intercepted();

    [[nodiscard]] const sys::filter_result& filter() const { return filter_; }
    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Waits for the next event of this kind that was not asked for yet.
    std::optional<intercept_event> next(what kind);
    [[nodiscard]] std::vector<intercept_event> all(what kind);
    /// Waits for its end. Returns: its exit status, -n when a signal ended it, nothing at the
    /// ceiling.
    std::optional<int> wait();
    void signal(int number) const;
    [[nodiscard]] std::string output() const;
    /// It, and what it has started.
    [[nodiscard]] std::vector<int> processes() const;
    /// Whether one of them has this socket.
    [[nodiscard]] bool holds(std::uint64_t inode) const;

private:
    void start(const std::vector<std::string>& argv, const body& run, start_options& options);
    void answer();

    pid_t pid_ = -1;
    std::optional<int> status_;
    sys::filter_result filter_;
    std::filesystem::path output_;
    std::unique_ptr<bind_interceptor> interceptor_;
    sys::unique_fd stop_;
    std::mutex mutex_;
    std::condition_variable news_;
    std::vector<std::pair<intercept_event, bool>> events_;
    std::thread answers_;
};

/// A folder of its own that is removed at the end.
class private_folder {
public:
    private_folder();
    ~private_folder();
    private_folder(const private_folder&) = delete;
    private_folder& operator=(const private_folder&) = delete;
    [[nodiscard]] std::string operator/(const std::string& name) const { return path_ / name; }
    [[nodiscard]] std::string path() const { return path_; }
    /// Writes a file. Returns: its path.
    [[nodiscard]] std::string write(const std::string& name, const std::string& text) const;

private:
    std::filesystem::path path_;
};

/// The file of a program; empty when it is not installed.
std::string find_program(const std::string& name);

}  // namespace lastcall::testing

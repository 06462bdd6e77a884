// The built lastcall-init as a real process: as PID 1 of a PID namespace that the test
// makes, or as an ordinary process that is a subreaper.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <chrono>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "support/scenario.hpp"

namespace lastcall::init_run {

using testing::ceiling;

enum class place { first_process, subreaper };

/// For the messages of GoogleTest, and for INSTANTIATE_TEST_SUITE_P.
void PrintTo(place where, std::ostream* out);
std::string name_of(const ::testing::TestParamInfo<place>& info);

enum class stream { read, unread, closed };

struct keeper_request {
    place where = place::subreaper;
    std::vector<std::string> options;
    std::vector<std::string> command;  ///< behind "--"
    std::vector<std::string> environment{};
    stream error = stream::read;  ///< `unread`: a pipe that is full before the start
    bool closes_all = false;      ///< 0, 1 and 2 are closed at the start
    std::string program{};        ///< instead of lastcall-init: its path
    bool separates = true;        ///< options from command, by "--"
    /// In the child, before execve(2).
    std::function<void()> prepare{};
};

/// Skips the test where a PID namespace cannot be made. To be called in the test's body.
#define SKIP_WITHOUT_NAMESPACES(where)                                                      \
    if ((where) == ::lastcall::init_run::place::first_process &&                            \
        !::lastcall::init_run::can_make_namespaces()) {                                     \
        GTEST_SKIP() << "NOT TESTED: a PID namespace needs root (CAP_SYS_ADMIN), which is " \
                        "not there";                                                        \
    }
bool can_make_namespaces();

/// The path of lastcall-init, and of this test program.
std::string keeper_path();
std::string own_path();

/// argv of a scenario of this program, by way of env(1).
std::vector<std::string> scenario_command(const std::string& name);
std::vector<std::string> shell(const std::string& script);

class keeper_process {
public:
    explicit keeper_process(const keeper_request& what);
    keeper_process(const keeper_process&) = delete;
    keeper_process& operator=(const keeper_process&) = delete;
    ~keeper_process();

    [[nodiscard]] pid_t pid() const { return pid_; }

    /// Waits until its streams hold `text`, so many times in all. Returns: whether they do.
    bool wait_for(const std::string& text, int times = 1);

    /// From this process; the first time starts the clock of took().
    void signal(int number);

    /// Waits for its end. Returns: its exit status, or -n when signal n ended it; throws
    /// std::runtime_error with its output at the ceiling.
    int wait();

    [[nodiscard]] const std::string& out() const { return out_; }
    [[nodiscard]] const std::string& err() const { return err_; }
    /// The last line of standard error.
    [[nodiscard]] std::string last_line() const;
    /// Everything before it.
    [[nodiscard]] std::string messages() const;
    [[nodiscard]] std::chrono::milliseconds took() const;

private:
    bool read_more(std::chrono::steady_clock::time_point until);

    pid_t pid_ = -1;
    int out_pipe_ = -1;
    int err_pipe_ = -1;
    int unread_ = -1;
    bool ended_ = false;
    std::string out_;
    std::string err_;
    std::chrono::steady_clock::time_point signalled_{};
    std::chrono::steady_clock::time_point end_{};
};

/// The number behind "key": in a JSON text; -1 when there is none.
long number_in(const std::string& json, const std::string& key);
bool has(const std::string& text, const std::string& part);
int count_of(const std::string& text, const std::string& part);

/// Whether this process has no child left, dead or alive; it is made a subreaper before
/// each keeper starts, so what a keeper leaves behind comes here.
bool nothing_is_left();

std::string read_file(const std::string& path);
bool write_file(const std::string& path, const std::string& text);
bool wait_until(const std::function<bool()>& what);

/// A private folder, removed at the end.
class private_folder {
public:
    private_folder();
    private_folder(const private_folder&) = delete;
    private_folder& operator=(const private_folder&) = delete;
    ~private_folder();
    [[nodiscard]] std::string operator/(const std::string& name) const {
        return path_ + "/" + name;
    }

private:
    std::string path_;
};

}  // namespace lastcall::init_run

// Tests with a process of their own: the test program starts itself again, and the child
// runs one named function instead of the tests. A lifecycle claims the signals of its
// process and may end it, so each test of one needs a process.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace lastcall::testing {

/// How long any wait of a test may take before the test fails.
inline constexpr std::chrono::seconds ceiling{20};

/// Registers `body` under `name`; the child's exit status is what it returns.
struct scenario {
    scenario(const char* name, int (*body)());
};

/// LASTCALL_SCENARIO(name) { ...; return 0; }
#define LASTCALL_SCENARIO(name)                                                         \
    static int scenario_##name();                                                       \
    static const ::lastcall::testing::scenario register_##name(#name, scenario_##name); \
    static int scenario_##name()

/// A child that runs a scenario. Ended by SIGKILL if the test forgets it.
class child {
public:
    /// `environment`  "NAME=value" texts, added to the parent's.
    explicit child(const std::string& scenario, std::vector<std::string> environment = {});
    child(const child&) = delete;
    child& operator=(const child&) = delete;
    ~child();

    /// Waits until its standard output or error holds `text`. Returns: whether it does.
    bool wait_for(const std::string& text);
    void signal(int number) const;

    /// Waits for its end. Returns: its exit status, or -n when signal n ended it; throws
    /// std::runtime_error with its output at the ceiling.
    int wait();

    /// Everything it has written so far, standard output and error together.
    const std::string& output();
    [[nodiscard]] pid_t pid() const noexcept { return pid_; }

    /// From the first `signal` to the end.
    [[nodiscard]] std::chrono::milliseconds took() const noexcept;

    /// The report it wrote (LASTCALL_TEST_REPORT); empty when there is none.
    [[nodiscard]] std::string report() const;

private:
    bool read_more(std::chrono::steady_clock::time_point until);

    pid_t pid_ = -1;
    int pipe_ = -1;
    bool ended_ = false;
    std::string output_;
    std::string report_file_;
    mutable std::chrono::steady_clock::time_point signalled_{};
    std::chrono::steady_clock::time_point end_{};
};

/// In a scenario: where the report goes.
std::string report_file();

/// In a scenario: writes a line to standard output and flushes.
void say(const std::string& line);

}  // namespace lastcall::testing

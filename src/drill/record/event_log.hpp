// A run as lines of JSON (NDJSON), written while it runs: whatever ends the drill, what was
// seen so far can be judged. docs/drill-events.md describes the lines.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <stdexcept>
#include <string>
#include <string_view>

#include "drill/record/run_record.hpp"
#include "sys/fd.hpp"

namespace lastcall::drill {

/// Writes lines. Threads: one at a time. After the first failed write it writes nothing
/// more, and says so once through problem(): a full disk must not end a drill.
class event_log_writer {
public:
    /// Writes nothing.
    event_log_writer() = default;

    /// Errors: std::system_error when `path` can not be created.
    explicit event_log_writer(const std::filesystem::path& path);
    event_log_writer(const event_log_writer&) = delete;
    event_log_writer& operator=(const event_log_writer&) = delete;
    ~event_log_writer();

    /// The first line: everything of `run` but its trials.
    void begin(const run_record& run);
    void begin_trial(const trial_record& trial);
    /// A moment when it is there, so that a log that is cut says when the signal was sent.
    /// Written through: what came before it is in the file then.
    void add(mark which, std::int64_t ns);
    void add(const exchange& one);
    void add(const connection_end& one);
    void add(const sample& one);
    /// What is left of a trial: its marks, exit, cells, leftovers, notes, ledger. Written
    /// through.
    void end_trial(const trial_record& trial);
    /// The last line: with it the log is whole.
    void end();
    /// Also done by the destructor.
    void flush();

    [[nodiscard]] bool is_open() const noexcept { return static_cast<bool>(file_); }
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

private:
    [[nodiscard]] bool writes() const noexcept { return is_open() && problem_.empty(); }
    void line_ended();

    sys::unique_fd file_;
    std::string path_;
    std::int64_t origin_ns_ = 0;  ///< moments are written relative to it
    std::string buffer_;
    std::string problem_;
};

/// The log is no event log, of a version that is not known, or holds what can not be.
class event_log_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct read_run {
    run_record run;
    /// False: the last line is missing, the writer was ended. A trial that was not over is
    /// there as far as it came, and is_interrupted.
    bool is_whole = true;
};

/// Trusts nothing: a number that is too large for its meaning, a missing or mistyped member,
/// an unknown word are errors. Lines and members of a kind that is not known are skipped.
/// Errors: event_log_error with file, line, reason and what to do; std::system_error.
[[nodiscard]] read_run read_event_log(const std::filesystem::path& path);

/// The same. `name` is that of the file in errors.
[[nodiscard]] read_run read_event_log(std::istream& lines, std::string_view name);

}  // namespace lastcall::drill

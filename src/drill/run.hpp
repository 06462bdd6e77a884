// One drill from beginning to end: checks what is there, starts the subject, the load and
// the sequence, as often as asked, and hands back the record.
#pragma once

#include <atomic>
#include <functional>
#include <stdexcept>
#include <string>

#include "drill/contract/settings.hpp"
#include "drill/load/load.hpp"
#include "drill/record/run_record.hpp"

namespace lastcall::drill {

/// The drill could not be run at all: exit status 1.
class drill_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Gets what happens while it happens. Called on the thread of run_drill().
class observer {
public:
    virtual ~observer() = default;
    virtual void began(const run_record&) {}
    virtual void lane_left_out(const lane_facts&) {}
    virtual void trial_began(std::uint32_t /*number*/, std::uint32_t /*of*/) {}
    /// About ten times a second while there is load.
    virtual void progress(const load_counters&, std::chrono::nanoseconds /*since_begun*/) {}
    virtual void marked(mark, std::int64_t /*ns*/) {}
    virtual void noted(std::string_view /*text*/) {}
    virtual void subject_printed(std::string_view /*line*/) {}
};

/// `stop_asked`  set by a signal handler or another thread: the drill ends at the next
///               opportunity, kills what it started, and returns what was seen so far.
/// Errors: drill_error, settings_error; std::system_error.
[[nodiscard]] run_record run_drill(const settings& chosen, const std::vector<lane_facts>& left_out,
                                   observer& watching, const std::atomic<bool>& stop_asked);

}  // namespace lastcall::drill

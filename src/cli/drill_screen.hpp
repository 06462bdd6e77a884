// What a person sees while a drill runs, on standard error.
#pragma once

#include <chrono>
#include <string>

#include "cli/drill_options.hpp"
#include "drill/report/live_view.hpp"
#include "drill/run.hpp"

namespace lastcall::cli {

class drill_screen final : public drill::observer {
public:
    explicit drill_screen(const drill_options& how);

    /// The last picture stays, and what follows is printed below it.
    void close() { view_.finish(); }

    void began(const drill::run_record& run) override;
    void lane_left_out(const drill::lane_facts& lane) override;
    void trial_began(std::uint32_t number, std::uint32_t of) override;
    void progress(const drill::load_counters& now, std::chrono::nanoseconds since) override;
    void marked(drill::mark which, std::int64_t ns) override;
    void noted(std::string_view text) override;
    void subject_printed(std::string_view line) override;

private:
    [[nodiscard]] std::chrono::nanoseconds since_begun() const;
    void say(const std::string& text);

    const bool quiet_;
    const bool verbose_;
    const drill::moment begun_ = drill::clock::now();
    std::int64_t signal_ns_ = 0;
    std::string event_;  // the command that is the event; empty: a signal is
    drill::live_view view_;
};

}  // namespace lastcall::cli

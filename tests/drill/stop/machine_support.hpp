// A machine in virtual time: what it answers, as one line for each action.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "drill/sequence/stop_machine.hpp"

namespace lastcall::drill::testing {

inline std::string in_one_line(const action& what) {
    using kind = action::kind;
    static constexpr const char* names[] = {
        "withdraw", "strike",          "send", "run", "fetch", "pause begins", "pause ended",
        "abandon",  "start successor", "say",  "end"};
    std::string text = names[static_cast<std::size_t>(what.what)];
    if (what.what == kind::strike && what.withdraws) {
        text = "withdraw and strike";
    }
    for (const auto& one : what.signals) {
        text += (one.to == sending::whom::main ? " main:" : " all:") + std::to_string(one.number);
    }
    for (const auto& word : what.command) {
        text += " " + word;
    }
    text += what.url.empty() ? "" : " " + what.url;
    if (what.at) {
        text += " [" + std::string(to_string(*what.at)) + "]";
    }
    return text;
}

/// Told one thing after another; the clock goes on only when it is told to.
class told_machine {
public:
    explicit told_machine(std::unique_ptr<stop_machine> machine) : machine_(std::move(machine)) {}

    using lines = std::vector<std::string>;

    lines tell(happening::kind what, int status = 0) {
        return text_of(machine_->tell({.what = what, .now = now_, .status = status}));
    }
    lines extend(std::chrono::nanoseconds by) {
        return text_of(
            machine_->tell({.what = happening::kind::extended, .now = now_, .extend = by}));
    }
    /// To the next deadline. Fails the test where there is none.
    lines next() {
        EXPECT_TRUE(machine_->deadline().has_value()) << "it waits for no time";
        now_ = machine_->deadline().value_or(now_);
        return tell(happening::kind::time_passed);
    }
    void pass(std::chrono::nanoseconds time) { now_ += time; }
    [[nodiscard]] std::chrono::nanoseconds now() const { return now_ - start; }
    [[nodiscard]] bool waits_for_no_time() const { return !machine_->deadline(); }
    [[nodiscard]] bool is_over() const { return machine_->is_over(); }
    /// The notes of all actions so far.
    [[nodiscard]] const std::string& notes() const { return notes_; }

private:
    static constexpr std::chrono::nanoseconds start = std::chrono::hours(1);

    lines text_of(const std::vector<action>& actions) {
        lines made;
        for (const auto& one : actions) {
            made.push_back(in_one_line(one));
            notes_ += one.note.empty() ? "" : one.note + "\n";
        }
        return made;
    }

    std::unique_ptr<stop_machine> machine_;
    std::chrono::nanoseconds now_ = start;
    std::string notes_;
};

}  // namespace lastcall::drill::testing

// Why a command could not do what it was asked: what, on what, and what to do now.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>

#include "cli/command.hpp"

namespace lastcall::cli {

class problem : public std::runtime_error {
public:
    explicit problem(const std::string& what, std::string hint = {}, int status = status_failed)
        : std::runtime_error(what), hint_(std::move(hint)), status_(status) {}

    [[nodiscard]] const std::string& hint() const noexcept { return hint_; }
    [[nodiscard]] int status() const noexcept { return status_; }  ///< to end with

private:
    std::string hint_;
    int status_;
};

/// What a command is for, when it comes to what its failure means.
enum class purpose : std::uint8_t {
    looks,    ///< it changes nothing: where it could not look, the status is `inconclusive`
    changes,  ///< it may have been done when the connection is lost
};

/// Runs a command. What goes wrong is told on standard error: "lastcall NAME: what", and below
/// it what to do. Returns: the exit status.
int tell_problems(const std::string& name, purpose what_for, const std::function<int()>& work);

}  // namespace lastcall::cli

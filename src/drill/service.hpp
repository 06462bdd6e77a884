// The service under drill: started, or taken as it is; answering before anything begins.
#pragma once

#include <memory>

#include "drill/trial.hpp"
#include "sys/fd.hpp"

namespace lastcall::drill {

/// Starts or takes whom the settings name, and waits until it answers.
/// `listener`  a listening socket that a started command gets as descriptor 3; -1: none
/// Where the settings name nobody (--exec alone) it is somebody who never ends.
/// Errors: drill_error: it is not there, it ended, it does not answer in time.
[[nodiscard]] std::unique_ptr<subject> start_service(const run_context& context, int listener);

/// rolling: the next generation, beside the one that runs.
/// Returns: null when it did not get ready; `problem` says why, with what it printed last.
[[nodiscard]] std::unique_ptr<subject> start_successor(const run_context& context, int listener,
                                                       std::string& problem);

/// Ends one that was started: the signal, a while, SIGKILL.
void end_service(subject& who, int signal);

/// "ended with status 7", "was ended by SIGSEGV".
[[nodiscard]] std::string how_it_ended(const subject& who);

/// "its last lines: ...", for the message of a failure; empty when it printed nothing.
[[nodiscard]] std::string last_words(const subject& who);

/// The socket that generations of a service share, where the command asks for one (fd:3).
[[nodiscard]] sys::unique_fd make_shared_listener(const settings& chosen);

/// Starts it once more when all is over, to ask what it has kept.
/// Errors: drill_error.
[[nodiscard]] std::string list_of_effects(const run_context& context);

}  // namespace lastcall::drill

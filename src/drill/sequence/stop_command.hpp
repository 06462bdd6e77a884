// What systemd gives the commands of a stop: $MAINPID in their words, and how the service
// ended in their environment. systemd.service(5), "Command lines"; systemd.exec(5).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drill/record/run_record.hpp"

namespace lastcall::drill {

/// `${MAINPID}` anywhere in a word, `$MAINPID` as a word of its own. `pid` 0: it has ended,
/// the name stands for nothing, and a word of its own goes away.
[[nodiscard]] std::vector<std::string> with_main_pid(const std::vector<std::string>& words,
                                                     int pid);

/// MAINPID while it runs, SERVICE_RESULT, EXIT_CODE and EXIT_STATUS once it has ended.
[[nodiscard]] std::vector<std::string> environment_of_stop(int pid,
                                                           const std::optional<exit_facts>& exit,
                                                           bool has_timed_out);

}  // namespace lastcall::drill

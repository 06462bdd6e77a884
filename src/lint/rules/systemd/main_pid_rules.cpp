// Whether systemd knows the main process of a service that forks: U09.
#include "lint/rules/systemd/unit_case.hpp"

namespace lastcall::lint {

void check_main_pid(const unit_case& given) {
    if (given.type() != service_type::forking || !given.is_whole() ||
        given.view().text("Service", "PIDFile")) {
        return;
    }
    const auto type = given.said_last("Service", "Type");
    const auto guesses = given.view().boolean("Service", "GuessMainPID");
    const bool is_guessed = !guesses || guesses->value;
    const auto mode = given.kill_mode();
    const bool decides = (mode == "mixed" || mode == "process") && given.stops().empty();
    if (!type || mode.empty() || mode == "none" || (!is_guessed && !decides)) {
        return;
    }
    auto* made = given.add(
        "U09", *type,
        !is_guessed ? "no process is known as the main one, and with KillMode=" +
                          std::string(mode) + " the stop signal goes to that one only"
        : decides ? "which process gets the stop signal is a guess, and with KillMode=" +
                        std::string(mode) + " no other one gets it"
                  : "which process is the main one is a guess: a restart after its end, and "
                    "$MAINPID, go by that guess");
    if (made != nullptr && !decides) {
        made->how = severity::note;
        made->sure = confidence::hint;
    }
}

}  // namespace lastcall::lint

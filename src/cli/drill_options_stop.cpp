// The options of how a service is stopped.
#include "cli/drill_parser.hpp"

namespace lastcall::cli {

void drill_parser::add_sequence() {
    constexpr auto group = "How it is stopped";
    text("--sequence", "plain, docker, systemd, kubernetes, rolling, reload or crash [plain]",
         "KIND",
         [](settings& s, const std::string& given, const std::string& what) {
             const auto kind = drill::sequence_kind_from(given);
             if (!kind) {
                 throw drill::settings_error(
                     what + ": \"" + given +
                     "\" is none of plain, docker, systemd, kubernetes, rolling, reload, crash");
             }
             s.sequence.kind = *kind;
         })
        ->group(group);
    text("--signal", "the stop signal [TERM; reload: HUP]", "SIGNAL",
         [](settings& s, const std::string& given, const std::string& what) {
             s.sequence.signal = config::to_signal(given, what);
         })
        ->group(group);
    duration(
        "--grace",
        "from the signal, or the delete, to SIGKILL; for the command of --exec "
        "[30s; docker: 10s; systemd: 90s; --exec: 600s]",
        [](auto& s) -> auto& { return s.sequence.grace; })
        ->group(group);
    duration(
        "--route-lag",
        "from the delete or signal until nobody makes connections any more [0s: nobody "
        "connects after it]",
        [](auto& s) -> auto& { return s.sequence.route_lag; })
        ->group(group);
    text("--pre-stop", "sleep:5s, http://..., or a command; inside the grace", "HOOK",
         [](settings& s, const std::string& given, const std::string& what) {
             s.sequence.pre_stop = drill::to_pre_stop(given, what);
         })
        ->group(group);
    text("--exec",
         "instead of a signal: a command during which nothing may be lost (a deploy, a reload)",
         "COMMAND",
         [](settings& s, const std::string& given, const std::string& what) {
             s.sequence.event = config::to_words(given, what);
         })
        ->group(group);
    text("--successor", "rolling: the new one [the same command]", "COMMAND",
         [](settings& s, const std::string& given, const std::string& what) {
             s.successor = config::to_words(given, what);
         })
        ->group(group);
    duration(
        "--settle", "--exec, reload, rolling: load after the event [2s]",
        [](auto& s) -> auto& { return s.sequence.settle; })
        ->group(group);
    plain(
        "--unit-file", "systemd: ExecStop, KillMode and the like are taken from it", "FILE",
        [](auto& s) -> auto& { return s.unit_file; })
        ->group(group);
    app_.add_flag_callback(
            "--group", [this] { actions_.push_back([](auto& s) { s.sequence.to_all = true; }); },
            "plain: the signal goes to the whole process group, as Ctrl-C does")
        ->group(group);
    app_.add_flag_callback(
            "--init", [this] { actions_.push_back([](auto& s) { s.with_init = true; }); },
            "docker: with lastcall-init as PID 1")
        ->group(group);
    text("--second-signal", "sent as well, and \"ignored\" or \"forces\"", "SIGNAL=EFFECT",
         [](settings& s, const std::string& given, const std::string& what) {
             const auto middle = given.find('=');
             const auto effect = middle == given.npos ? "" : given.substr(middle + 1);
             if (effect != "ignored" && effect != "forces") {
                 throw drill::settings_error(what + ": \"" + given +
                                             "\" is not SIGNAL=ignored or SIGNAL=forces");
             }
             s.sequence.second_signal = config::to_signal(given.substr(0, middle), what);
             s.expected.second_signal = effect;
         })
        ->group(group);
    duration(
        "--second-after", "from the first signal to the second [100ms]",
        [](auto& s) -> auto& { return s.sequence.second_after; })
        ->group(group);
    whole(
        "--trials", "so many stops, each of a fresh start [1]", 1, 1000,
        [](auto& s) -> auto& { return s.trials; })
        ->group(group);
    whole(
        "--sweep", "so many stops, the signal moved over one request's lifetime", 2, 1000,
        [](auto& s) -> auto& { return s.sweep; })
        ->group(group);
}

}  // namespace lastcall::cli

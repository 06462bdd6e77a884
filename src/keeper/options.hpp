// What the keeper was asked to do: the one form behind four command lines.
#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/fixed_text.hpp"
#include "core/keeper_machine.hpp"

namespace lastcall::keeper {

/// Whose command line this is, by the name it was called with.
enum class personality : std::uint8_t { lastcall, tini, dumb_init, catatonit };

/// Who gets a signal that is forwarded.
enum class reach : std::uint8_t {
    main,   ///< the main program's process
    group,  ///< its process group
    tree,   ///< every descendant, those that called setsid(2) too
};

/// Where the main program runs.
enum class placement : std::uint8_t {
    automatic,   ///< own_group; same_group behind an interactive shell
    same_group,  ///< where the keeper is
    own_group,   ///< setpgid(2), and the terminal's foreground if the keeper has it
    own_session  ///< setsid(2), and the controlling terminal if the keeper has it
};

/// How the keeper knows that the main program is ready.
struct readiness {
    enum class kind : std::uint8_t { none, notify, tcp, http, file };
    kind how = kind::none;
    const char* target = "";              ///< "8080", "127.0.0.1:8080/ready", "/run/ready"
    std::chrono::nanoseconds timeout{0};  ///< 0: without a limit
};

inline constexpr int highest_signal = 64;
using signal_set = std::bitset<highest_signal + 1>;

struct options {
    personality as = personality::lastcall;
    char* const* command = nullptr;  ///< ends with a null pointer; null: none (pause)

    core::keeper_plan plan;
    std::string_view grace_source = "default";  ///< "--grace", "LASTCALL_GRACE", "default"
    const char* pre_stop = nullptr;

    reach to = reach::main;
    placement where = placement::automatic;
    signal_set stop_signals;                                 ///< these ask for a stop
    std::array<std::uint8_t, highest_signal + 1> rewrite{};  ///< what to send instead; 0: nothing

    /// Exit status of the main program -> that of the keeper; -1: as it is.
    std::array<std::int16_t, 256> exit_map{};
    bool exit_map_only_after_stop = true;  ///< and only when the tree ended in time
    int exit_unclean = -1;  ///< exit status when something had to be killed; -1: the main's own
    int exec_failed = 0;    ///< exit status when it cannot be run; 0: 126 or 127

    readiness ready;
    int parent_death_signal = 0;
    bool subreaper = true;       ///< when not PID 1
    bool waits_for_rest = true;  ///< false only where asked for: exit with the main program
    bool warns_of_reaping = false;
    bool preflight = true;
    bool last_line = true;  ///< the JSON object on stderr
    const char* report_file = nullptr;
    int verbosity = 1;  ///< 0 errors, 1 warnings, 2 what happens, 3 every signal
};

/// What a command line came to.
struct parsed {
    enum class outcome : std::uint8_t { run, print, refused };
    outcome what = outcome::run;
    int exit_status = 0;          ///< of print and refused
    core::fixed_text<4096> text;  ///< print: for stdout; refused: for stderr
};

/// Reads a command line and the environment in the manner of the name in `argv[0]`.
/// Fills `into`; the pointers in it are into argv and the environment.
void parse_command_line(int argc, char** argv, char** environment, options& into, parsed& result);

void parse_lastcall(int argc, char** argv, options& into, parsed& result);
void parse_tini(int argc, char** argv, options& into, parsed& result);
void parse_dumb_init(int argc, char** argv, options& into, parsed& result);
void parse_catatonit(int argc, char** argv, options& into, parsed& result);

}  // namespace lastcall::keeper

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

namespace lastcall::init {

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
    /// Of tcp "8080", "10.0.0.7:8080", "[::1]:8080"; of http the same with a path behind it,
    /// "8080/ready"; of file its path. Without a host: this one. Never a name to look up.
    const char* target = "";
    std::chrono::nanoseconds timeout{0};  ///< 0: without a limit
};

inline constexpr int highest_signal = 64;
/// To be changed by []: set() and reset() check, and bring exceptions into the program.
using signal_set = std::bitset<highest_signal + 1>;

// Exit statuses of lastcall-init itself.
inline constexpr int status_usage = 2;
inline constexpr int status_own_failure = 125;
inline constexpr int status_cannot_run = 126;
inline constexpr int status_not_found = 127;

/// "0.1.0"
[[nodiscard]] std::string_view version() noexcept;

namespace detail {

constexpr auto every_signal_as_it_is() {
    std::array<std::uint8_t, highest_signal + 1> map{};
    for (std::size_t i = 0; i < map.size(); ++i) {
        map[i] = static_cast<std::uint8_t>(i);
    }
    return map;
}

constexpr auto every_status_as_it_is() {
    std::array<std::int16_t, 256> map{};
    map.fill(-1);
    return map;
}

}  // namespace detail

struct options {
    personality as = personality::lastcall;
    std::string_view name = "lastcall-init";  ///< what messages begin with
    char* const* command = nullptr;           ///< ends with a null pointer; null: none (pause)

    core::keeper_plan plan;
    std::string_view grace_source = "default";  ///< "--grace", "LASTCALL_GRACE", "default"
    const char* pre_stop = nullptr;

    reach to = reach::main;
    placement where = placement::automatic;
    signal_set stop_signals;  ///< these ask for a stop; none of them is dropped
    /// What to send for a signal that came; 0: nothing.
    std::array<std::uint8_t, highest_signal + 1> rewrite = detail::every_signal_as_it_is();
    /// SIGTSTP, SIGTTIN and SIGTTOU that somebody sends stop the keeper too, after they were
    /// forwarded.
    bool suspends_itself = false;

    /// Exit status of the main program -> that of the keeper; -1: as it is.
    std::array<std::int16_t, 256> exit_map = detail::every_status_as_it_is();
    bool exit_map_only_after_stop = true;  ///< and only when the tree ended in time
    int exit_unclean = -1;  ///< exit status when something had to be killed; -1: the main's own
    int exec_failed = 0;    ///< exit status when it cannot be run; 0: status_cannot_run or
                            ///< status_not_found

    readiness ready;
    int parent_death_signal = 0;
    int program_fd = -1;      ///< the file to execute; -1: the command's first word
    bool empty_mask = false;  ///< the program gets no blocked signals, whatever is blocked here
    int report_fd = -1;       ///< gets the last line too
    /// Descriptors that stay open here, and are not the program's.
    std::array<int, 8> held{};
    std::size_t held_count = 0;
    bool subreaper = true;       ///< when not PID 1
    bool waits_for_rest = true;  ///< false only where asked for: exit with the main program
    bool warns_of_reaping = false;
    bool preflight = true;
    bool last_line = true;  ///< the JSON object on stderr
    const char* report_file = nullptr;
    int verbosity = 1;  ///< 0 errors and the block report, 1 warnings, 2 what happens, 3 all

    /// What the command line has said, so that the environment does not.
    struct settled {
        bool grace = false;
        bool reserve = false;
        bool stop_signals = false;
        bool wait_for = false;
    };
    settled given;
};

/// What a command line came to.
struct parsed {
    enum class outcome : std::uint8_t { run, print, refused };
    outcome what = outcome::run;
    int exit_status = 0;          ///< of print and refused
    bool to_stderr = false;       ///< of print: some of the others print their help there
    core::fixed_text<4096> text;  ///< ends with a newline; of refused, for stderr
};

/// Reads a command line and the environment in the manner of the name in `argv[0]`.
/// Fills `into`, which must be fresh; the pointers in it are into `argv` and `environment`,
/// which end with null pointers. Where the original does so, `argv` is reordered.
void parse_command_line(int argc, char** argv, char** environment, options& into,
                        parsed& result) noexcept;

// One for each personality: its own options and its own environment. What all of them have
// in common, LASTCALL_* and the check of the budget, is parse_command_line's.
void parse_lastcall(int argc, char** argv, char** environment, options& into,
                    parsed& result) noexcept;
void parse_tini(int argc, char** argv, char** environment, options& into, parsed& result) noexcept;
void parse_dumb_init(int argc, char** argv, char** environment, options& into,
                     parsed& result) noexcept;
void parse_catatonit(int argc, char** argv, char** environment, options& into,
                     parsed& result) noexcept;

}  // namespace lastcall::init

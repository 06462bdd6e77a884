// Command lines on which lastcall-init, under the name of another program, must agree with
// the original: the exit status, and which of stdout and stderr say something. Measured with
// tini 0.19.0, dumb-init 1.2.5 and catatonit 0.1.7 of Debian 12.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace lastcall::init {

enum class says : std::uint8_t {
    nothing,
    on_stdout,
    on_stderr,
    anything,  ///< the programs differ here, and docs/drop-in.md says why
};

struct drop_in_case {
    std::string_view about;
    std::array<const char*, 8> arguments;    ///< behind argv[0]; up to the first null pointer
    std::array<const char*, 2> environment;  ///< "NAME=value", besides PATH
    int exit_status;
    says where;
    /// It runs a program; without, everything is decided by the command line alone.
    bool runs = false;
};

// /etc/passwd can be found and not be run; true, sh and echo are looked for in PATH.
inline constexpr drop_in_case tini_cases[] = {
    {"no program", {}, {}, 1, says::on_stderr},
    {"only the end of options", {"--"}, {}, 1, says::on_stderr},
    {"an option that there is not", {"-z", "true"}, {}, 1, says::on_stderr},
    {"a long option", {"--help"}, {}, 1, says::on_stderr},
    {"an option of the program in front of --", {"sh", "-c", "exit 3"}, {}, 1, says::on_stderr},
    {"-e without a value", {"-e"}, {}, 1, says::on_stderr},
    {"-e with a word", {"-e", "abc", "true"}, {}, 1, says::on_stderr},
    {"-e beyond a byte", {"-e", "300", "true"}, {}, 1, says::on_stderr},
    {"-e below zero", {"-e", "-3", "true"}, {}, 1, says::on_stderr},
    {"-p without SIG", {"-p", "KILL", "true"}, {}, 1, says::on_stderr},
    {"-p with a number", {"-p", "9", "true"}, {}, 1, says::on_stderr},
    {"the help", {"-h"}, {}, 0, says::on_stdout},
    {"the help behind another option", {"-s", "-h"}, {}, 0, says::on_stdout},
    {"the version", {"--version"}, {}, 0, says::on_stdout},
    {"the version is an option only alone", {"--version", "true"}, {}, 1, says::on_stderr},
    {"the licence", {"-l"}, {}, 0, says::on_stdout},
    {"the licence in a bundle", {"-gl", "-p"}, {}, 0, says::on_stdout},
    {"the licence behind the program", {"echo", "-l"}, {}, 0, says::on_stdout},
    {"a program", {"-s", "--", "true"}, {}, 0, says::nothing, true},
    {"its output", {"-s", "echo", "hi"}, {}, 0, says::on_stdout, true},
    {"its options behind --", {"-s", "echo", "--", "-l"}, {}, 0, says::on_stdout, true},
    {"the second -- is its own", {"-s", "--", "echo", "--", "-l"}, {}, 0, says::on_stdout, true},
    {"a bundle", {"-sg", "true"}, {}, 0, says::nothing, true},
    {"its exit status", {"-s", "--", "sh", "-c", "exit 7"}, {}, 7, says::nothing, true},
    {"its signal", {"-s", "--", "sh", "-c", "kill -TERM $$"}, {}, 143, says::nothing, true},
    {"a status made 0", {"-s", "-e", "7", "--", "sh", "-c", "exit 7"}, {}, 0, says::nothing, true},
    {"a status joined to its option",
     {"-s", "-e7", "-e143", "--", "sh", "-c", "kill -TERM $$"},
     {},
     0,
     says::nothing,
     true},
    {"a status that is not made 0",
     {"-s", "-e", "7", "--", "sh", "-c", "exit 8"},
     {},
     8,
     says::nothing,
     true},
    {"-e with a plus", {"-s", "-e", "+7", "true"}, {}, 0, says::nothing, true},
    {"-p", {"-s", "-p", "SIGKILL", "true"}, {}, 0, says::nothing, true},
    {"not PID 1, and no subreaper", {"true"}, {}, 0, says::on_stderr, true},
    {"the subreaper by the environment", {"true"}, {"TINI_SUBREAPER="}, 0, says::nothing, true},
    {"quiet by the environment", {"true"}, {"TINI_VERBOSITY=0"}, 0, says::nothing, true},
    {"the group by the environment",
     {"-s", "true"},
     {"TINI_KILL_PROCESS_GROUP=1"},
     0,
     says::nothing,
     true},
    {"no such program", {"-s", "/nonexistent"}, {}, 127, says::on_stderr, true},
    {"no permission", {"-s", "/etc/passwd"}, {}, 126, says::on_stderr, true},
    {"a directory", {"-s", "/etc"}, {}, 126, says::on_stderr, true},
    {"a dash is a program", {"-s", "-"}, {}, 127, says::on_stderr, true},
};

inline constexpr drop_in_case dumb_init_cases[] = {
    {"no program", {}, {}, 1, says::on_stderr},
    {"only the end of options", {"--"}, {}, 1, says::on_stderr},
    {"an option that there is not", {"-z", "-V"}, {}, 1, says::on_stderr},
    {"a long option that there is not", {"--zzz"}, {}, 1, says::on_stderr},
    {"an abbreviation of two", {"--ver"}, {}, 1, says::on_stderr},
    {"a value that is not wanted", {"--help=3"}, {}, 1, says::on_stderr},
    {"-r without a value", {"-r"}, {}, 1, says::on_stderr},
    {"--rewrite without a value", {"--rewrite"}, {}, 1, says::on_stderr},
    {"half a pair", {"-r", "15", "true"}, {}, 1, says::on_stderr},
    {"the other half", {"-r", ":15", "true"}, {}, 1, says::on_stderr},
    {"a pair without its end", {"-r", "15:", "true"}, {}, 1, says::on_stderr},
    {"names", {"-r", "TERM:QUIT", "true"}, {}, 1, says::on_stderr},
    {"from a real-time signal", {"-r", "40:15", "true"}, {}, 1, says::on_stderr},
    {"to a real-time signal", {"-r", "15:32", "true"}, {}, 1, says::on_stderr},
    {"from zero", {"-r", "0:15", "true"}, {}, 1, says::on_stderr},
    {"to less than zero", {"-r", "15:-1", "true"}, {}, 1, says::on_stderr},
    {"the help", {"-h"}, {}, 0, says::on_stderr},
    {"the help, written out", {"--help"}, {}, 0, says::on_stderr},
    {"the version", {"-V"}, {}, 0, says::on_stderr},
    {"the version in a bundle", {"-vV"}, {}, 0, says::on_stderr},
    {"the version, written out", {"--version"}, {}, 0, says::on_stderr},
    {"a program", {"true"}, {}, 0, says::nothing, true},
    {"options end at the program", {"echo", "-h"}, {}, 0, says::on_stdout, true},
    {"its exit status", {"sh", "-c", "exit 7"}, {}, 7, says::nothing, true},
    {"its signal", {"--", "sh", "-c", "kill -TERM $$"}, {}, 143, says::nothing, true},
    {"a pair", {"-r", "15:3", "true"}, {}, 0, says::nothing, true},
    {"pairs", {"--rewrite=15:3", "--rew", "1:0", "true"}, {}, 0, says::nothing, true},
    {"a pair with something behind it", {"-r", " 015:3x", "true"}, {}, 0, says::nothing, true},
    {"the single child", {"-c", "true"}, {}, 0, says::nothing, true},
    {"a bundle", {"-cv", "true"}, {}, 0, says::on_stderr, true},
    {"the single child by the environment",
     {"true"},
     {"DUMB_INIT_SETSID=0"},
     0,
     says::nothing,
     true},
    {"talk by the environment", {"true"}, {"DUMB_INIT_DEBUG=1"}, 0, says::on_stderr, true},
    {"only 1 makes it talk", {"true"}, {"DUMB_INIT_DEBUG=yes"}, 0, says::nothing, true},
    {"no such program", {"/nonexistent"}, {}, 2, says::on_stderr, true},
    {"no permission", {"/etc/passwd"}, {}, 2, says::on_stderr, true},
    {"a dash is a program", {"-"}, {}, 2, says::on_stderr, true},
};

inline constexpr drop_in_case catatonit_cases[] = {
    {"no program", {}, {}, 1, says::on_stderr},
    {"only the end of options", {"--"}, {}, 1, says::on_stderr},
    {"an option that there is not", {"-gz", "true"}, {}, 1, says::on_stderr},
    {"a long option that there is not", {"--help"}, {}, 1, says::on_stderr},
    {"a value that is not wanted", {"--version=3"}, {}, 1, says::on_stderr},
    {"an option of the program in front of --", {"sh", "-c", "exit 3"}, {}, 1, says::on_stderr},
    {"the variable that is reserved", {"-V"}, {"CATATONIT_LOG="}, 1, says::on_stderr},
    {"the help", {"-h"}, {}, 0, says::on_stderr},
    {"the help behind the program", {"echo", "-h"}, {}, 0, says::on_stderr},
    {"the licence", {"-L"}, {}, 0, says::on_stdout},
    {"the version", {"-V"}, {}, 0, says::on_stdout},
    {"the version in a bundle", {"-gV"}, {}, 0, says::on_stdout},
    {"the version, cut short", {"--v"}, {}, 0, says::on_stdout},
    {"a program", {"true"}, {}, 0, says::nothing, true},
    {"its options behind --", {"echo", "--", "-g"}, {}, 0, says::on_stdout, true},
    {"its exit status", {"--", "sh", "-c", "exit 7"}, {}, 7, says::nothing, true},
    {"its signal", {"-g", "--", "sh", "-c", "kill -KILL $$"}, {}, 137, says::nothing, true},
    {"talk by the environment", {"true"}, {"CATATONIT_DEBUG="}, 0, says::on_stderr, true},
    {"no such program", {"/nonexistent"}, {}, 1, says::on_stderr, true},
    {"no permission", {"/etc/passwd"}, {}, 1, says::on_stderr, true},
};

struct drop_in_program {
    const char* name;
    const char* original;  ///< where Debian installs it
    std::span<const drop_in_case> cases;
};

inline constexpr drop_in_program drop_in_programs[] = {
    {"tini", "/usr/bin/tini", tini_cases},
    {"tini-static", "/usr/bin/tini-static", tini_cases},
    {"dumb-init", "/usr/bin/dumb-init", dumb_init_cases},
    {"catatonit", "/usr/bin/catatonit", catatonit_cases},
};

}  // namespace lastcall::init

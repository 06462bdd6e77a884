// The command line of tini 0.19: getopt(3) with "p:hvwgle:s", which looks for options behind
// the program's name too, up to "--".
#include <algorithm>
#include <charconv>

#include "init/option_reader.hpp"
#include "init/option_values.hpp"
#include "init/options.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::init {
namespace {

constexpr option_row rows[] = {
    {'s', 's'}, {'p', 'p', {}, true}, {'v', 'v'}, {'w', 'w'},
    {'g', 'g'}, {'e', 'e', {}, true}, {'l', 'l'}, {'h', 'h'},
};

void write_version(core::text_sink& to) noexcept {
    // Docker reads what follows "tini version ".
    to << "tini version 0.19.0 (lastcall-init " << version() << ")\n";
}

void write_help(core::text_sink& to, std::string_view name) noexcept {
    write_version(to);
    to << "usage: " << name << " [options] program -- [arguments] | --version\n"
       << "\n"
          "  -s            collect orphans where it is not PID 1      [TINI_SUBREAPER]\n"
          "  -p SIGNAL     what it gets when its own parent ends, as SIGKILL\n"
          "  -g            signals go to the process group   [TINI_KILL_PROCESS_GROUP]\n"
          "  -e STATUS     exit with 0 where the program exits with STATUS; repeatable\n"
          "  -w            warn of every orphan that is collected\n"
          "  -v            say more; up to three times               [TINI_VERBOSITY]\n"
          "  -l            print the licence\n"
          "  -h            print this\n"
          "  --version     print the version; alone only\n"
          "\n"
          "This is lastcall-init: it waits for the whole tree, for LASTCALL_GRACE (10s).\n";
}

// Only the names that tini knows: none without SIG, no number, no real-time signal.
int signal_of_tini(std::string_view text) noexcept {
    const int number = sys::signal_number(text);
    const bool usual = number > 0 && number < 32 && sys::signal_name(number) == text;
    return usual && text != "SIGPOLL" && text != "SIGPWR" && text != "SIGSTKFLT" ? number : 0;
}

// strtol(3): blanks and a sign may come first, and nothing at all is 0.
std::optional<int> status_of_tini(std::string_view text) noexcept {
    if (text.empty()) {
        return 0;
    }
    text.remove_prefix(std::min(text.find_first_not_of(" \t\n\v\f\r"), text.size()));
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    return number_in(text, 0, 255);
}

// atoi(3): what is no number is 0.
int verbosity_of_tini(std::string_view text) noexcept {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return std::clamp(value, 0, 3);
}

bool apply(const option_found& found, options& into, parsed& result) noexcept {
    switch (found.row->id) {
        case 's':
            into.subreaper = true;
            return true;
        case 'p':
            into.parent_death_signal = signal_of_tini(found.value);
            if (into.parent_death_signal == 0) {
                refuse(into, result) << "-p: \"" << found.value
                                     << "\" is no signal that tini knows; write SIGTERM\n";
            }
            return into.parent_death_signal != 0;
        case 'v':
            into.verbosity = std::min(into.verbosity + 1, 3);
            return true;
        case 'w':
            into.warns_of_reaping = true;
            return true;
        case 'g':
            into.to = reach::group;
            return true;
        case 'e':
            if (const auto status = status_of_tini(found.value)) {
                into.exit_map[static_cast<std::size_t>(*status)] = 0;
                return true;
            }
            refuse(into, result) << "-e: \"" << found.value
                                 << "\" is no exit status; write a number from 0 to 255\n";
            return false;
        case 'l':
            print(result) << "lastcall-init " << version()
                          << " is under the Apache License, version 2.0:\n"
                             "https://www.apache.org/licenses/LICENSE-2.0\n";
            return false;
        case 'h':
            write_help(print(result), into.name);
            return false;
    }
    return true;
}

}  // namespace

void parse_tini(int argc, char** argv, char** environment, options& into, parsed& result) noexcept {
    into.subreaper = false;  // when not PID 1, only with -s
    into.exit_map_only_after_stop = false;
    if (argc == 2 && std::string_view(argv[1]) == "--version") {
        write_version(print(result));
        return;
    }
    option_reader reader(argc, argv, rows,
                         {.permutes = variable(environment, "POSIXLY_CORRECT") == nullptr});
    option_found found = reader.next();
    for (; found.what == option_found::kind::option; found = reader.next()) {
        if (!apply(found, into, result)) {
            return;
        }
    }
    if (found.what != option_found::kind::end) {
        auto& out = refuse(into, result);
        explain_option(out, rows, found);
        out << "; options of the program go behind --, see " << into.name << " -h\n";
        return;
    }
    into.command = reader.rest();
    if (*into.command == nullptr) {
        refuse(into, result) << "no program to run; see " << into.name << " -h\n";
        return;
    }
    if (variable(environment, "TINI_SUBREAPER") != nullptr) {
        into.subreaper = true;
    }
    if (variable(environment, "TINI_KILL_PROCESS_GROUP") != nullptr) {
        into.to = reach::group;
    }
    if (const char* text = variable(environment, "TINI_VERBOSITY")) {
        into.verbosity = verbosity_of_tini(text);
    }
}

}  // namespace lastcall::init

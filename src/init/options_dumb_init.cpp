// The command line of dumb-init 1.2: getopt_long(3) with "+hvVcr:", which ends at the
// program's name.
#include <algorithm>

#include "init/option_reader.hpp"
#include "init/option_values.hpp"
#include "init/options.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::init {
namespace {

constexpr int highest_of_dumb_init = 31;

constexpr option_row rows[] = {
    {'h', 'h', "help"},    {'c', 'c', "single-child"}, {'r', 'r', "rewrite", true},
    {'v', 'v', "verbose"}, {'V', 'V', "version"},
};

void write_version(core::text_sink& to) noexcept {
    to << "dumb-init v1.2.5 (lastcall-init " << version() << ")\n";
}

void write_help(core::text_sink& to) noexcept {
    write_version(to);
    to << "usage: dumb-init [options] program [arguments]\n"
          "\n"
          "  -c, --single-child   signals go to the program only, which stays in this session;\n"
          "                       else to all of a session of its own    [DUMB_INIT_SETSID=0]\n"
          "  -r, --rewrite A:B    send signal B where A came, both as numbers from 1 to 31;\n"
          "                       0 for B: nothing is sent. Repeatable\n"
          "  -v, --verbose        say what happens                        [DUMB_INIT_DEBUG=1]\n"
          "  -h, --help           print this\n"
          "  -V, --version        print the version\n"
          "\n"
          "This is lastcall-init: it waits for the whole tree, for LASTCALL_GRACE (10s).\n";
}

// One number of sscanf(3)'s "%d": blanks and a plus may come first, anything may follow.
// Taken off `text`.
std::optional<int> take_number(std::string_view& text, int low) noexcept {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\n\v\f\r"), text.size()));
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = number_in(text.substr(0, size), low, highest_of_dumb_init);
    text.remove_prefix(size);
    return number;
}

bool read_rewrite(std::string_view text, options& into, signal_set& rewritten,
                  parsed& result) noexcept {
    std::string_view rest = text;
    const auto from = take_number(rest, 1);
    const bool paired = rest.starts_with(':');
    rest.remove_prefix(paired ? 1 : 0);
    const auto to = paired ? take_number(rest, 0) : std::nullopt;
    if (!from || !to) {
        refuse(into, result) << "-r: \"" << text << "\" is no pair of signals from 1 to "
                             << highest_of_dumb_init << "; write 15:3, or 15:0 to drop it\n";
        return false;
    }
    into.rewrite[static_cast<std::size_t>(*from)] = static_cast<std::uint8_t>(*to);
    rewritten[static_cast<std::size_t>(*from)] = true;
    return true;
}

// A session of its own is an orphaned process group to the kernel, where these three do
// nothing by default.
void stop_by_sigstop(options& into, const signal_set& rewritten) noexcept {
    for (const std::string_view name : {"TSTP", "TTIN", "TTOU"}) {
        const auto number = static_cast<std::size_t>(sys::signal_number(name));
        if (!rewritten[number]) {
            into.rewrite[number] = static_cast<std::uint8_t>(sys::signal_number("STOP"));
        }
    }
}

}  // namespace

void parse_dumb_init(int argc, char** argv, char** environment, options& into,
                     parsed& result) noexcept {
    into.verbosity = 0;
    into.exec_failed = 2;
    into.suspends_itself = true;
    bool single_child = variable_is(environment, "DUMB_INIT_SETSID", "0");
    signal_set rewritten;
    option_reader reader(argc, argv, rows, {.abbreviates = true});
    option_found found = reader.next();
    for (; found.what == option_found::kind::option; found = reader.next()) {
        switch (found.row->id) {
            case 'h':
                write_help(print(result, true));
                return;
            case 'V':
                write_version(print(result, true));
                return;
            case 'c':
                single_child = true;
                break;
            case 'v':
                into.verbosity = 3;
                break;
            case 'r':
                if (!read_rewrite(found.value, into, rewritten, result)) {
                    return;
                }
                break;
        }
    }
    if (found.what != option_found::kind::end) {
        auto& out = refuse(into, result);
        explain_option(out, rows, found);
        out << "; see dumb-init --help\n";
        return;
    }
    into.command = reader.rest();
    if (*into.command == nullptr) {
        refuse(into, result) << "no program to run; see dumb-init --help\n";
        return;
    }
    if (variable_is(environment, "DUMB_INIT_DEBUG", "1")) {
        into.verbosity = 3;
    }
    if (single_child) {
        into.to = reach::main;
        into.where = placement::same_group;
        into.subreaper = false;
        // A terminal's Ctrl-C comes to both, and a shell does not end by it.
        into.stop_signals[static_cast<std::size_t>(sys::signal_number("INT"))] = false;
    } else {
        into.to = reach::group;
        into.where = placement::own_session;
        stop_by_sigstop(into, rewritten);
    }
}

}  // namespace lastcall::init

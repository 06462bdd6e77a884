// The command line of lastcall-init under its own name.
#include <algorithm>

#include "init/option_reader.hpp"
#include "init/option_values.hpp"
#include "init/options.hpp"
#include "init/options_help.hpp"
#include "sys/process/proc_reader.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::init {
namespace {

using namespace std::chrono_literals;

enum id : int {
    grace,
    reserve,
    delay,
    pre_stop,
    mode,
    stop_signals,
    rewrite,
    drop,
    exit_map,
    exit_unclean,
    ready,
    ready_timeout,
    parent_death_signal,
    program_fd,
    hold,
    report_fd,
    empty_mask,
    no_preflight,
    no_subreaper,
    session,
    same_group,
    wait_for,
    report,
    quiet,
    verbose,
    no_last_line,
    print_version,
    help
};

constexpr option_row rows[] = {
    {grace, 0, "grace", true},
    {reserve, 0, "reserve", true},
    {delay, 0, "delay", true},
    {pre_stop, 0, "pre-stop", true},
    {mode, 0, "mode", true},
    {stop_signals, 0, "stop-signals", true},
    {rewrite, 0, "rewrite", true},
    {drop, 0, "drop", true},
    {exit_map, 0, "exit-map", true},
    {exit_unclean, 0, "exit-unclean", true},
    {ready, 0, "ready", true},
    {ready_timeout, 0, "ready-timeout", true},
    {parent_death_signal, 0, "parent-death-signal", true},
    {program_fd, 0, "program-fd", true},
    {hold, 0, "hold", true},
    {report_fd, 0, "report-fd", true},
    {empty_mask, 0, "empty-mask"},
    {no_preflight, 0, "no-preflight"},
    {no_subreaper, 0, "no-subreaper"},
    {session, 0, "session"},
    {same_group, 0, "same-group"},
    {wait_for, 0, "wait-for", true},
    {report, 0, "report", true},
    {quiet, 'q', "quiet"},
    {verbose, 'v', "verbose"},
    {no_last_line, 0, "no-last-line"},
    {print_version, 'V', "version"},
    {help, 'h', "help"},
};

// What is checked when all of it is known.
struct so_far {
    signal_set rewritten;
    signal_set dropped;
    bool placed = false;
};

bool read_rewrite(std::string_view list, options& into, so_far& seen, parsed& result) noexcept {
    do {
        std::string_view to = next_in(list, ',');
        const std::string_view pair = to;
        const std::string_view from = next_in(to, '=');
        int from_number = 0;
        int to_number = 0;
        if (from.size() == pair.size()) {
            refuse(into, result) << "--rewrite: \"" << pair << "\" is no pair; write TERM=QUIT\n";
            return false;
        }
        if (!read_caught_signal("--rewrite", from, into, from_number, result)) {
            return false;
        }
        if (to == "0") {
            refuse(into, result) << "--rewrite: \"" << pair << "\" sends nothing; write --drop "
                                 << from << '\n';
            return false;
        }
        if (!read_signal("--rewrite", to, into, to_number, result)) {
            return false;
        }
        into.rewrite[static_cast<std::size_t>(from_number)] = static_cast<std::uint8_t>(to_number);
        seen.rewritten[static_cast<std::size_t>(from_number)] = true;
    } while (!list.empty());
    return true;
}

bool read_drop(std::string_view list, options& into, so_far& seen, parsed& result) noexcept {
    do {
        int number = 0;
        if (!read_caught_signal("--drop", next_in(list, ','), into, number, result)) {
            return false;
        }
        into.rewrite[static_cast<std::size_t>(number)] = 0;
        seen.dropped[static_cast<std::size_t>(number)] = true;
    } while (!list.empty());
    return true;
}

bool read_descriptor(std::string_view option, std::string_view text, options& into, int& number,
                     parsed& result) noexcept {
    const auto read = sys::parse_id(text);
    if (!read || *read < 3) {
        refuse(into, result) << option << ": \"" << text
                             << "\" is no descriptor from 3 on; write 3, 4, ...\n";
        return false;
    }
    number = *read;
    return true;
}

bool read_hold(std::string_view list, options& into, parsed& result) noexcept {
    do {
        if (into.held_count == into.held.size()) {
            refuse(into, result) << "--hold: more than " << into.held.size() << " descriptors\n";
            return false;
        }
        if (!read_descriptor("--hold", next_in(list, ','), into, into.held[into.held_count],
                             result)) {
            return false;
        }
        ++into.held_count;
    } while (!list.empty());
    return true;
}

bool place(placement where, options& into, so_far& seen, parsed& result) noexcept {
    if (seen.placed && into.where != where) {
        refuse(into, result) << "--session and --same-group exclude each other; give one\n";
        return false;
    }
    seen.placed = true;
    into.where = where;
    return true;
}

bool keep_text(const char* value, std::string_view option, std::string_view example, options& into,
               const char*& kept, parsed& result) noexcept {
    if (*value == '\0') {
        refuse(into, result) << option << ": is empty; write " << example << '\n';
        return false;
    }
    kept = value;
    return true;
}

bool apply(const option_found& found, options& into, so_far& seen, parsed& result) noexcept {
    const char* const value = found.value;
    switch (found.row->id) {
        case grace:
            into.given.grace = true;
            into.grace_source = "--grace";
            return read_duration("--grace", value, 1ns, into, into.plan.grace, result);
        case reserve:
            into.given.reserve = true;
            return read_duration("--reserve", value, 1ns, into, into.plan.reserve, result);
        case delay:
            return read_duration("--delay", value, 0ns, into, into.plan.delay, result);
        case pre_stop:
            into.plan.has_pre_stop = true;
            return keep_text(value, "--pre-stop", "a command", into, into.pre_stop, result);
        case mode:
            return read_mode("--mode", value, into, result);
        case stop_signals:
            into.given.stop_signals = true;
            return read_stop_signals("--stop-signals", value, into, result);
        case rewrite:
            return read_rewrite(value, into, seen, result);
        case drop:
            return read_drop(value, into, seen, result);
        case exit_map:
            return read_exit_map("--exit-map", value, into, result);
        case exit_unclean:
            return read_exit_unclean("--exit-unclean", value, into, result);
        case ready:
            return read_ready("--ready", value, into, result);
        case ready_timeout:
            return read_duration("--ready-timeout", value, 1ns, into, into.ready.timeout, result);
        case parent_death_signal:
            return read_signal("--parent-death-signal", value, into, into.parent_death_signal,
                               result);
        case program_fd:
            return read_descriptor("--program-fd", value, into, into.program_fd, result);
        case hold:
            return read_hold(value, into, result);
        case report_fd:
            return read_descriptor("--report-fd", value, into, into.report_fd, result);
        case empty_mask:
            into.empty_mask = true;
            return true;
        case no_preflight:
            into.preflight = false;
            return true;
        case no_subreaper:
            into.subreaper = false;
            return true;
        case session:
            return place(placement::own_session, into, seen, result);
        case same_group:
            return place(placement::same_group, into, seen, result);
        case wait_for:
            into.given.wait_for = true;
            return read_wait_for("--wait-for", value, into, result);
        case report:
            return keep_text(value, "--report", "the path of a file", into, into.report_file,
                             result);
        case quiet:
            into.verbosity = 0;
            return true;
        case verbose:
            into.verbosity = std::min(into.verbosity + 1, 3);
            return true;
        case no_last_line:
            into.last_line = false;
            return true;
        case print_version:
            print(result) << "lastcall-init " << version() << '\n';
            return false;
        case help:
            write_help(print(result));
            return false;
    }
    return true;
}

// What the short options of the others are called here.
std::string_view own_word_for(char letter) noexcept {
    switch (letter) {
        case 'g':
            return "--mode group";
        case 'e':
            return "--exit-map";
        case 'p':
            return "--parent-death-signal";
        case 'r':
            return "--rewrite";
        case 'c':
            return "--same-group";
        default:
            return {};
    }
}

void refuse_option(const option_found& found, options& into, parsed& result) noexcept {
    auto& out = refuse(into, result);
    explain_option(out, rows, found);
    if (found.what == option_found::kind::unknown) {
        if (const auto word = own_word_for(found.letter); !word.empty()) {
            out << "; write " << word;
        } else if (nearest_option(rows, found.written).empty() || found.letter != '\0') {
            out << "; lastcall-init --help lists them";
        }
    } else if (found.what == option_found::kind::no_value) {
        out << "; lastcall-init --help says which";
    }
    out << '\n';
}

void check_together(const so_far& seen, options& into, parsed& result) noexcept {
    if (into.ready.timeout > 0ns && into.ready.how == readiness::kind::none) {
        refuse(into, result) << "--ready-timeout: there is nothing to wait for; give --ready too\n";
        return;
    }
    for (std::size_t i = 1; i < seen.dropped.size(); ++i) {
        const std::string_view name = sys::signal_name(static_cast<int>(i));
        if (seen.dropped[i] && seen.rewritten[i]) {
            refuse(into, result) << name << " is in --rewrite and in --drop; give one\n";
            return;
        }
        if (seen.dropped[i] && into.given.stop_signals && into.stop_signals[i]) {
            refuse(into, result) << name << " is in --stop-signals and in --drop; give one\n";
            return;
        }
    }
    if ((into.stop_signals & ~seen.dropped).none()) {
        refuse(into, result) << "--drop: no signal is left that asks for a stop; "
                                "name one in --stop-signals\n";
    }
}

}  // namespace

void parse_lastcall(int argc, char** argv, char** /*environment*/, options& into,
                    parsed& result) noexcept {
    into.stop_signals[static_cast<std::size_t>(sys::signal_number("QUIT"))] = true;
    option_reader reader(argc, argv, rows, {});
    so_far seen;
    option_found found = reader.next();
    for (; found.what == option_found::kind::option; found = reader.next()) {
        if (!apply(found, into, seen, result)) {
            return;
        }
    }
    if (found.what != option_found::kind::end) {
        refuse_option(found, into, result);
        return;
    }
    into.command = reader.rest();
    if (*into.command == nullptr) {
        refuse(into, result) << "no program to run; write lastcall-init [options] -- program "
                                "[arguments], or see lastcall-init --help\n";
        return;
    }
    check_together(seen, into, result);
}

}  // namespace lastcall::init

// The command line of catatonit 0.1: getopt_long(3) with "ghLPV", which looks for options
// behind the program's name too, up to "--".
#include "init/option_reader.hpp"
#include "init/option_values.hpp"
#include "init/options.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::init {
namespace {

constexpr option_row rows[] = {
    {'g', 'g'}, {'h', 'h'}, {'L', 'L'}, {'P', 'P'}, {'V', 'V', "version"},
};

void write_help(core::text_sink& to) noexcept {
    to << "usage: catatonit [-ghLPV] [--] program [arguments]\n"
          "\n"
          "  -g              signals go to the program's process group\n"
          "  -P              run nothing, and end at SIGTERM or SIGINT\n"
          "  -h              print this\n"
          "  -L              print the licence\n"
          "  -V, --version   print the version\n"
          "\n"
          "This is lastcall-init: it waits for the whole tree, for LASTCALL_GRACE (10s).\n";
}

}  // namespace

void parse_catatonit(int argc, char** argv, char** environment, options& into,
                     parsed& result) noexcept {
    into.verbosity = 0;
    into.exec_failed = 1;
    if (variable(environment, "CATATONIT_DEBUG") != nullptr) {
        into.verbosity = 3;
    }
    if (variable(environment, "CATATONIT_LOG") != nullptr) {
        refuse(into, result) << "CATATONIT_LOG is reserved; unset it\n";
        return;
    }
    for (const std::string_view name : {"TSTP", "TTIN", "TTOU"}) {
        into.rewrite[static_cast<std::size_t>(sys::signal_number(name))] = 0;
    }
    bool pauses = false;
    option_reader reader(
        argc, argv, rows,
        {.permutes = variable(environment, "POSIXLY_CORRECT") == nullptr, .abbreviates = true});
    option_found found = reader.next();
    for (; found.what == option_found::kind::option; found = reader.next()) {
        switch (found.row->id) {
            case 'g':
                into.to = reach::group;
                break;
            case 'P':
                pauses = true;
                break;
            case 'h':
                write_help(print(result, true));
                return;
            case 'L':
                print(result) << "lastcall-init " << version()
                              << " is under the Apache License, version 2.0:\n"
                                 "https://www.apache.org/licenses/LICENSE-2.0\n";
                return;
            case 'V':
                // Docker reads what follows "tini version ".
                print(result) << "tini version 0.1.7_catatonit (lastcall-init " << version()
                              << ")\n";
                return;
        }
    }
    if (found.what != option_found::kind::end) {
        auto& out = refuse(into, result);
        explain_option(out, rows, found);
        out << "; options of the program go behind --, see catatonit -h\n";
        return;
    }
    if (pauses) {
        return;
    }
    into.command = reader.rest();
    if (*into.command == nullptr) {
        refuse(into, result) << "no program to run; see catatonit -h\n";
    }
}

}  // namespace lastcall::init

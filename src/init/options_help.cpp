#include "init/options_help.hpp"

#include "init/options.hpp"

namespace lastcall::init {
namespace {

constexpr std::string_view body = R"( - runs one program, and ends everything it started

usage: lastcall-init [options] [--] program [arguments]

As PID 1 of a container, or as the parent of any service. It passes signals on, collects
orphans, and on a stop waits for every process of the tree, inside one budget. What is left
at its end is named, with the likely cause and the fix, and then killed.

Budget. Durations need a unit: 500ms, 30s, 2m. Everything below counts inside the grace.
  --grace D              from the stop signal to the end     [LASTCALL_GRACE, or 10s]
  --reserve D            kept back for the report and SIGKILL     [5 %, at least 500ms]
  --delay D              wait before the signal, so that routing can notice        [0s]
  --pre-stop COMMAND     run it before the signal; the wait lasts until both are over

Signals. TERM, SIGTERM and 15 are the same; real-time ones are RTMIN+3 and RTMAX-1.
  --stop-signals LIST    ask for a stop  [LASTCALL_STOP_SIGNALS, or TERM,INT,QUIT];
                         the second shortens the budget to the reserve, the third kills
  --rewrite A=B[,...]    send B where A came
  --drop LIST            do not pass these on
  --mode WHOM            main: the program, group: its process group, tree: every
                         descendant, in sessions of their own too               [main]
  --wait-for WHAT        tree, or main: leave as soon as the program has ended
                                                          [LASTCALL_WAIT_FOR, or tree]
Readiness
  --ready HOW            notify, tcp:PORT, tcp:ADDRESS:PORT, http:PORT/PATH,
                         http://ADDRESS:PORT/PATH or file:/PATH
  --ready-timeout D      stop if it is not ready by then                 [never]

Where the program runs
  --session              in a session of its own        [in a process group of its own]
  --same-group           in the process group of lastcall-init
  --program-fd N         execute the file that is open as descriptor N; the program's own
                         word is its argv[0]
  --hold N[,N]           keep these open here, and do not hand them to the program
  --empty-mask           no signal is blocked in the program, whatever is blocked here
  --parent-death-signal S  what lastcall-init gets when its own parent ends
  --no-subreaper         do not collect orphans where it is not PID 1
  --no-preflight         no look at the program for what would break its stop

What it says (on stderr)
  --report FILE          write the last line, one JSON object, there too
  --report-fd N          ... and to this descriptor, which the program does not get
  --no-last-line         not on stderr
  -q, --quiet            errors and the block report only
  -v, --verbose          what happens; twice: every signal
  -V, --version          -h, --help

Exit status: that of the program, or 128+n after signal n.
  --exit-map A=B[,...]   B instead of A, after a stop that ended in time
  --exit-unclean N       N if something had to be killed
  2 wrong usage   125 lastcall-init failed   126 cannot run it   127 no such program

Example: drain for up to 30s, 5s after the load balancer was told
  lastcall-init --grace 30s --delay 5s --exit-map 143=0 -- /usr/bin/server --port 8080

Installed as tini, dumb-init or catatonit it takes that program's options.
)";

}  // namespace

void write_help(core::text_sink& to) noexcept { to << "lastcall-init " << version() << body; }

}  // namespace lastcall::init

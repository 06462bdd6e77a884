// The clients of reload_bench as a program: they ask until the standard input ends, and the account
// is printed then, as one JSON object. Meanwhile each line is the number of requests so far.
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <exception>

#include "mixed_load.hpp"
#include "shared/command_line.hpp"

namespace {

using namespace deploy_bench;
using namespace std::chrono_literals;

constexpr std::string_view help =
    "Usage: reload_clients load [options]\n"
    "\n"
    "Clients of a service at 127.0.0.1 that never retry. They run until the standard input ends.\n"
    "\n"
    "  --port N           of the service\n"
    "  --fresh N          clients that make a connection for each request (6)\n"
    "  --kept N           clients that keep their connections for 10 to 40 requests (40)\n"
    "  --get PATH         one of the requests; as often as it is named\n"
    "  --post PATH        likewise\n"
    "  --body TEXT        of each POST\n"
    "  --echo yes|no      the service tells the id of each request as X-Id (yes)\n"
    "\n"
    "Exit status: 0 it ran; 1 it could not; 2 usage.\n";

/// The other end has closed it: whoever started us wants no more.
bool has_ended(int fd) {
    std::array<char, 64> piece;
    pollfd look{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&look, 1, 0) > 0 && ::read(fd, piece.data(), piece.size()) <= 0;
}

measured::flag path_flag(std::string_view name, const char* method, std::vector<asked_path>& into) {
    return {name, [method, &into](const std::string& value) {
                into.push_back({method, value});
                return value.starts_with('/');
            }};
}

}  // namespace

int main(int argc, char** argv) {
    int port = 0;
    int fresh = 6;
    int kept = 40;
    mixed_load_terms terms;
    terms.echoes = true;
    const measured::command_line known{"reload_clients",
                                       help,
                                       {"load"},
                                       {measured::number_flag("--port", port, 1, 65535),
                                        measured::number_flag("--fresh", fresh, 0, 10'000),
                                        measured::number_flag("--kept", kept, 0, 10'000),
                                        path_flag("--get", "GET", terms.paths),
                                        path_flag("--post", "POST", terms.paths),
                                        measured::text_flag("--body", terms.body),
                                        {"--echo", [&terms](const std::string& value) {
                                             terms.echoes = value == "yes";
                                             return value == "yes" || value == "no";
                                         }}}};
    measured::choice chosen;
    if (const auto exit = measured::read_command_line(argc, argv, known, chosen)) {
        return *exit;
    }
    if (port == 0 || terms.paths.empty() || fresh + kept == 0) {
        return measured::refuse(known.program, "it needs --port, a client, and a --get or --post");
    }
    terms.at = lastcall::sys::endpoint::loopback(static_cast<std::uint16_t>(port));
    terms.lanes = {{"fresh", fresh, 1, 1, 5ms, 20ms}, {"keep-alive", kept, 10, 40, 2ms, 40ms}};
    try {
        const auto made = run_mixed_load(terms, [](const account& now) {
            std::printf("%lld\n", static_cast<long long>(now.requests));
            std::fflush(stdout);
            return has_ended(STDIN_FILENO);
        });
        std::puts(made.json().dump().c_str());
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "reload_clients: %s\n", error.what());
        return 1;
    }
}

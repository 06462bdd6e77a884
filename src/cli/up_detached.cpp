// lastcall up --detach
#include <atomic>
#include <deque>
#include <fstream>

#include "cli/command.hpp"
#include "cli/follow.hpp"
#include "cli/problem.hpp"
#include "cli/up.hpp"
#include "sys/error_text.hpp"
#include "sys/lock_file.hpp"
#include "sys/output.hpp"
#include "sys/process/become.hpp"
#include "sys/process/process.hpp"
#include "sys/signal/interrupt.hpp"

namespace lastcall::cli {
namespace {

using namespace std::chrono_literals;
using agent::client_error;

constexpr auto until_it_answers = 50ms;
constexpr std::size_t lines_shown = 12;

/// The last lines of a file that is not long.
std::string end_of(const std::string& file) {
    std::ifstream stream(file);
    std::deque<std::string> lines;
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(harmless(line));
        if (lines.size() > lines_shown) {
            lines.pop_front();
        }
    }
    std::string made;
    for (const auto& line : lines) {
        made += "\n| " + line;
    }
    return made;
}

enum class standing { waits, good, bad };

/// A service that is started again has failed for who waits for it, though not for good.
standing standing_of(const json& agent) {
    bool waits = false;
    for (const auto& one : list_in(agent, "services")) {
        const auto state = text_in(one, "state");
        if (state == "failed" || state == "unready" || number_in(one, "restarts") > 0) {
            return standing::bad;
        }
        waits = waits || (state != "ready" && state != "stopped");
    }
    return waits ? standing::waits : standing::good;
}

int wait_until_ready(const up_wish& wish, int keeper, const std::string& log) {
    agent::api_client client(wish.where.target());
    const auto& interrupted = sys::catch_interrupts();
    for (;;) {
        if (interrupted) {
            throw problem(
                "no longer waiting; the agent goes on (keeper pid " + std::to_string(keeper) + ")",
                "lastcall status" + wish.where.as_options(), status_inconclusive);
        }
        if (const auto status = sys::ended_child(keeper)) {
            throw problem("the keeper has ended with status " + std::to_string(*status) +
                          "; the end of " + log + ":" + end_of(log));
        }
        try {
            const auto agent = client.get("/v1/status");
            const auto now = standing_of(agent);
            if (now != standing::waits) {
                std::fputs(status_text(agent, style_of(stdout, wish.where)).c_str(), stdout);
                return now == standing::good ? status_ok : status_failed;
            }
        } catch (const client_error& e) {
            // It begins to listen once it has taken up its work.
            if (e.why() != client_error::kind::no_agent && e.why() != client_error::kind::lost) {
                throw;
            }
        }
        sys::sleep_until(std::chrono::steady_clock::now() + until_it_answers);
    }
}

}  // namespace

int up_detached(const up_wish& wish, const std::vector<std::string>& command, sys::unique_fd lock) {
    const auto log = agent::choose_places(wish.where.home).state + "/agent.log";
    const auto output = sys::open_to_append(log);
    const auto started = sys::start_detached(command, lock.get(), output.get());
    if (started.error != 0) {
        throw problem(command.front() + " cannot be run: " + sys::error_text(started.error));
    }
    sys::name_lock_owner(lock.get(), started.pid);
    lock.reset();
    return wait_until_ready(wish, started.pid, log);
}

}  // namespace lastcall::cli

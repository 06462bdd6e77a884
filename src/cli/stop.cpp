// lastcall stop
#include <algorithm>
#include <vector>

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/follow.hpp"
#include "cli/problem.hpp"
#include "cli/row_stream.hpp"
#include "cli/time_words.hpp"
#include "sys/event_fd.hpp"
#include "sys/lock_file.hpp"
#include "sys/process/pidfd.hpp"
#include "sys/process/process.hpp"

namespace lastcall::cli {
namespace {

using namespace std::chrono_literals;
using agent::client_error;
using clock = std::chrono::steady_clock;

struct stop_wish {
    agent_place where;
    std::string service;
    bool all = false;
    bool no_wait = false;
};

// The agent has ended; its keeper has nothing left to wait for but the agent.
constexpr auto for_the_end = 30s;
constexpr auto say_every = 5s;
constexpr auto lost_row_after = 2s;  // where every row is told, this is only for one that got lost

void say_exit(const json& row) {
    if (text_in(row, "kind") != "generation_exited") {
        return;
    }
    const auto& fields = member(row, "fields");
    const auto signal = text_in(fields, "signal");
    const auto& number = member(fields, "signal");
    std::string how = "with status " + std::to_string(number_in(fields, "code"));
    if (!signal.empty() || number.is_number()) {
        how = "by signal " +
              (signal.empty() ? std::to_string(number_in(fields, "signal")) : harmless(signal));
    }
    std::printf("  %s: generation %lld ended %s\n", harmless(text_in(row, "service")).c_str(),
                static_cast<long long>(number_in(row, "generation")), how.c_str());
    std::fflush(stdout);
}

bool lives(const json& service) {
    for (const auto& one : list_in(service, "generations")) {
        if (process_of(one) > 0) {
            return true;
        }
    }
    return false;
}

int stop_one(agent::api_client& client, const stop_wish& wish) {
    const auto begun = clock::now();
    const auto after = newest_row(client);
    auto service = client.post(agent::service_path(wish.service, "stop"));
    const auto name = harmless(text_in(service, "name"));
    if (wish.no_wait) {
        std::printf("%s is told to stop\n", name.c_str());
        return status_ok;
    }
    row_stream rows(wish.where.target(),
                    {.service = text_in(service, "name"), .kinds = {}, .after = after});
    while (lives(service)) {
        json row;
        if (rows.next(row, clock::now() + lost_row_after) == row_stream::news::over) {
            throw problem(
                "the agent ended while " + name + " was stopping: " + rows.why(),
                "its keeper goes on with it; see `lastcall status" + wish.where.as_options() + "`",
                status_inconclusive);
        }
        say_exit(row);
        service = client.get(agent::service_path(wish.service));
    }
    std::printf("%s is stopped, after %s\n", name.c_str(), span_text(clock::now() - begun).c_str());
    return status_ok;
}

/// Keeper and agent, held by handle before they are told to stop: their ids may be others' then.
class those_that_run {
public:
    those_that_run(agent::api_client& client, const stop_wish& wish) {
        const auto now = client.get("/v1/status");
        // Of another host all there is to know is that nobody answers. And where nobody holds the
        // lock there is no keeper.
        if (wish.where.is_remote() ||
            sys::try_lock_file(agent::choose_places(wish.where.home).lock()).fd) {
            return;
        }
        for (const char* const key : {"keeper_pid", "pid"}) {
            const auto pid = static_cast<int>(number_in(now, key));
            if (auto handle = sys::open_process(pid); handle) {
                all_.push_back({pid, std::move(handle)});
            }
        }
    }

    /// Errors: problem: the keeper does not end.
    void wait(const stop_wish& wish) const {
        const auto begun = clock::now();
        for (const auto& one : all_) {
            auto told = begun + say_every;
            while (!sys::wait_readable(one.handle.get(), std::min(told, begun + for_the_end))) {
                if (clock::now() >= begun + for_the_end) {
                    throw problem("nobody answers any more, and process " +
                                      std::to_string(one.pid) + " still runs after " +
                                      span_text(for_the_end),
                                  "look again: lastcall status" + wish.where.as_options() +
                                      ", ps -o pid,stat,args " + std::to_string(one.pid),
                                  status_inconclusive);
                }
                std::printf("  process %d is still there, after %s\n", one.pid,
                            span_text(clock::now() - begun).c_str());
                std::fflush(stdout);
                told += say_every;
            }
        }
    }

private:
    struct held {
        int pid;
        sys::unique_fd handle;
    };
    std::vector<held> all_;
};

int stop_all(agent::api_client& client, const stop_wish& wish) {
    const auto begun = clock::now();
    const those_that_run processes(client, wish);
    const auto after = newest_row(client);
    row_stream rows(wish.where.target(), {.service = {}, .kinds = {}, .after = after});
    client.post("/v1/stop");
    if (wish.no_wait) {
        std::puts("all services are told to stop");
        return status_ok;
    }
    for (;;) {
        json row;
        const auto what = rows.next(row, clock::now() + lost_row_after);
        if (what == row_stream::news::row) {
            say_exit(row);
            continue;
        }
        // An agent that was replaced meanwhile still answers; who has stopped does not.
        try {
            const auto now = client.get("/v1/status");
            if (what == row_stream::news::over && !truth_in(now, "is_stopping")) {
                throw problem("the agent was replaced while it stopped",
                              "say `lastcall stop --all" + wish.where.as_options() + "` again",
                              status_inconclusive);
            }
            if (what == row_stream::news::over) {
                sys::sleep_until(clock::now() + 50ms);
            }
        } catch (const client_error& e) {
            if (e.why() != client_error::kind::no_agent && e.why() != client_error::kind::lost) {
                throw;
            }
            processes.wait(wish);
            std::printf("everything is stopped, after %s\n",
                        span_text(clock::now() - begun).c_str());
            return status_ok;
        }
    }
}

}  // namespace

int run_stop_command(std::span<char* const> arguments) {
    command_line line("stop", "stops a service in order, and leaves it stopped",
                      {"[SERVICE] [OPTION...]", "--all [OPTION...]"});
    stop_wish wish;
    line.word("a service", false, wish.service);
    line.flag("--all", "all services, dependents first; then keeper and agent", wish.all);
    line.flag("--no-wait", "do not wait until it has ended", wish.no_wait);
    line.place_of_agent(wish.where);
    line.epilogue(
        "It gets its signal and its grace, as in every stop. A deploy under way is ended.\n\n"
        "  lastcall stop web\n\n"
        "Exit status: 0 stopped, 1 refused, 2 usage, 4 not known.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    if (wish.all && !wish.service.empty()) {
        return line.refuse("--all and a service are two different things");
    }
    return tell_problems("stop", purpose::changes, [&wish] {
        agent::api_client client(wish.where.target());
        if (wish.all) {
            return stop_all(client, wish);
        }
        wish.service = service_meant(client, wish.service);
        return stop_one(client, wish);
    });
}

}  // namespace lastcall::cli

// lastcall up: reads what is wanted, takes the lock, and becomes lastcall-keeper.
#include "cli/up.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>

#include "agent/config/from_command.hpp"
#include "agent/config/problem_text.hpp"
#include "agent/config/read_host.hpp"
#include "agent/config/spec_json.hpp"
#include "agent/traffic/haproxy.hpp"
#include "cli/api_port.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/follow.hpp"
#include "cli/interception.hpp"
#include "cli/problem.hpp"
#include "cli/programs.hpp"
#include "sys/clock.hpp"
#include "sys/error_text.hpp"
#include "sys/lock_file.hpp"
#include "sys/output.hpp"
#include "sys/process/become.hpp"
#include "sys/process/process.hpp"

namespace lastcall::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* default_file = "lastcall.yaml";

agent::host_reading read_wanted(const up_wish& wish) {
    if (wish.has_command) {
        agent::host_reading made;
        made.spec = agent::host_of(agent::spec_from_command(wish.from));
        return made;
    }
    auto read = agent::look_at_host(wish.file);
    const bool colour = screen_of(2).has_colour;
    for (const auto& one : read.problems) {
        std::cerr << agent::explain(one, read.spec.file, read.text, colour);
    }
    if (!read.is_good()) {
        throw problem(wish.file + " is not good; nothing was started",
                      "`lastcall check " + wish.file + "` looks again", status_usage);
    }
    return read;
}

/// Who runs here already, and what to do instead.
[[noreturn]] void throw_taken(const up_wish& wish, const agent::places& where, int owner) {
    std::string who = owner > 0 ? "its keeper is pid " + std::to_string(owner) : "";
    std::string names;
    try {
        agent::api_client client(wish.where.target());
        const auto there = client.get("/v1/status");
        who = "pid " + std::to_string(number_in(there, "pid")) + ", keeper pid " +
              std::to_string(number_in(there, "keeper_pid"));
        for (const auto& one : list_in(there, "services")) {
            names += (names.empty() ? "" : ", ") + text_in(one, "name");
        }
    } catch (const agent::client_error&) {
        who += who.empty() ? "" : "; it does not answer just now";
    }
    const auto instead =
        wish.has_command ? "lastcall deploy -- ..." : "lastcall apply " + wish.file;
    throw problem("an agent runs in " + where.state + (who.empty() ? "" : " (" + who + ")") +
                      (names.empty() ? "" : ", with " + names),
                  "`" + instead +
                      "` changes what it runs, `lastcall stop --all` ends it; a second "
                      "agent needs a home of its own: --home DIR or LASTCALL_HOME");
}

/// With the secrets of its environment: nobody else may read it.
void write_wanted(const std::string& file, const agent::host_spec& spec) {
    const auto text = agent::to_json(spec).dump();
    sys::replace_file(file, text);
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
}

std::vector<std::string> keeper_command(const up_wish& wish, const std::string& wanted, int lock) {
    const auto init = sibling_program("lastcall-init");
    std::vector<std::string> made{sibling_program("lastcall-keeper"),
                                  "--init",
                                  init,
                                  "--lock-fd",
                                  std::to_string(lock),
                                  "--",
                                  own_program(),
                                  "agent",
                                  "--wanted",
                                  wanted,
                                  "--init",
                                  init};
    if (!wish.where.home.empty()) {
        made.insert(made.end(), {"--home", fs::absolute(wish.where.home).string()});
    }
    if (wish.is_quiet) {
        made.emplace_back("--quiet");
    }
    return made;
}

/// The HAProxy in front of a service has to be there, and to do what it is told.
void check_proxies(const agent::host_spec& spec) {
    for (const auto& one : spec.services) {
        if (one.traffic.how != agent::traffic_spec::kind::haproxy) {
            continue;
        }
        try {
            agent::traffic::haproxy(one.traffic)
                .check({sys::monotonic_now() + std::chrono::seconds(2)});
        } catch (const agent::traffic::haproxy_error& e) {
            throw problem("the requests of " + one.name + " could not be moved: " + e.what(),
                          "nothing was started");
        }
    }
}

int up(up_wish& wish) {
    const auto read = read_wanted(wish);
    const auto& spec = read.spec;
    const auto where = agent::choose_places(wish.where.home);
    static_cast<void>(wish.where.target());  // a path that is too long is refused here
    agent::make_places(where);
    auto lock = sys::try_lock_file(where.lock());
    if (!lock.fd) {
        throw_taken(wish, where,
                    sys::wait_lock_owner(where.lock(), std::chrono::milliseconds(200)));
    }
    sys::name_lock_owner(lock.fd.get(), sys::current_process_id());
    check_api_port(read, where);
    check_interception(spec);
    check_proxies(spec);
    const auto wanted = where.runtime + "/wanted.json";
    const auto command = keeper_command(wish, wanted, lock.fd.get());
    write_wanted(wanted, spec);
    if (wish.is_detached) {
        return up_detached(wish, command, std::move(lock.fd));
    }
    const int error = sys::become(command, lock.fd.get());
    throw problem(command.front() + " cannot be run: " + sys::error_text(error));
}

void describe(command_line& line, up_wish& wish) {
    auto& from = wish.from;
    line.word("a lastcall.yaml", false, wish.file);
    line.rest(from.command, wish.has_command);
    line.flag("-d,--detach", "in the background; wait until every service is ready",
              wish.is_detached);
    line.flag("-q,--quiet", "print neither events nor what services print", wish.is_quiet);
    line.text("--home", "DIR", "where its state lies [LASTCALL_HOME, else by the user]",
              wish.where.home);
    line.heading("Of a service that is given here, and not in a file");
    line.texts("--port", "PORT", "where it listens, at the addresses that it binds; again for more",
               wish.ports);
    line.texts("--listen", "ADDRESS", "127.0.0.1:8080, [::1]:8080, unix:/run/web.sock",
               wish.listens);
    line.text("--name", "NAME", "what it is called [the program's name]", from.name);
    line.text("--ready", "CHECK", "when it is ready: /path, notify, tcp [it listens]", from.ready);
    line.texts("--env", "NAME=VALUE", "a variable of its environment; again for more",
               from.environment);
    line.text("--user", "USER", "who it runs as [who types this]", from.user);
    line.text("--grace", "D", "what a stop may take [LASTCALL_GRACE less 2s, else 30s]",
              from.grace);
    line.epilogue(
        "Without FILE and program it reads ./lastcall.yaml. Ctrl-C or SIGTERM stops everything\n"
        "in order. Any program will do: it needs no change, and knows nothing of lastcall.\n\n"
        "  lastcall up --port 8080 -- node server.js\n"
        "  lastcall up -d lastcall.yaml\n\n"
        "Exit status: 0 everything has stopped (-d: is ready), 1 it could not be done, 2 usage\n"
        "or a file with errors, 75 something had to be killed.\n");
}

}  // namespace

int run_up_command(std::span<char* const> arguments) {
    command_line line("up", "runs services, and lets them be replaced without a loss",
                      {"[FILE] [OPTION...]", "[OPTION...] -- PROGRAM [ARGUMENT...]"});
    up_wish wish;
    describe(line, wish);
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    auto& from = wish.from;
    from.addresses = wish.ports;
    from.addresses.insert(from.addresses.end(), wish.listens.begin(), wish.listens.end());
    const bool has_options = !from.addresses.empty() || !from.name.empty() || !from.ready.empty() ||
                             !from.environment.empty() || !from.user.empty() || !from.grace.empty();
    if (wish.has_command && from.command.empty()) {
        return line.refuse("there is no program behind --");
    }
    if (wish.has_command && !wish.file.empty()) {
        return line.refuse("a file and a program are two ways to say what is to run");
    }
    if (!wish.has_command && has_options) {
        return line.refuse(
            "--port, --listen, --name, --ready, --env, --user and --grace are for a program behind "
            "--; in a file each service has its own");
    }
    if (!wish.has_command && wish.file.empty()) {
        if (!fs::exists(default_file)) {
            return line.refuse("there is no lastcall.yaml here, and no program behind --");
        }
        wish.file = default_file;
    }
    return tell_problems("up", purpose::changes, [&wish] {
        try {
            wish.from.directory = fs::current_path().string();
            return up(wish);
        } catch (const config::settings_error& e) {
            throw problem(e.what(), "nothing was started", status_usage);
        } catch (const std::system_error& e) {
            throw problem(e.what(), "nothing was started");
        }
    });
}

}  // namespace lastcall::cli

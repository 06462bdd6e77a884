#include "run.hpp"

#include <signal.h>

#include <filesystem>
#include <stdexcept>

#include "drill/load.hpp"
#include "drill/readiness.hpp"
#include "drill/text.hpp"
#include "private_directory.hpp"

namespace stop_demo {
namespace {

namespace drill = lastcall::drill;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto longest_start = 20s;
constexpr auto after_exit = 2s;  // for the kernel to tell the clients that it is over

/// The mix of the table of peers in the README, and what HTTP servers are asked less often.
drill::load_plan mixed_load(const lastcall::sys::endpoint& target) {
    drill::load_plan plan;
    plan.target = target;
    plan.keepalive.connections = 40;
    plan.keepalive.think = 20ms;
    plan.keepalive.post_share = 0.3;
    plan.exports.connections = 2;
    plan.exports.think = 200ms;
    plan.fresh.clients = 10;
    plan.slow.connections = 10;
    plan.slow.takes = 300ms;
    plan.stream.connections = 5;
    plan.stream.takes = 2s;
    plan.websocket.connections = 20;
    plan.idle.connections = 5;
    plan.silent.connections = 5;
    return plan;
}

std::string seconds_text(std::chrono::nanoseconds length) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(length.count()) / 1e9);
    return text;
}

/// The service under its own name, what it prints indented below ours.
class service {
public:
    service(const lastcall::sys::subject_command& command, screen& out)
        : out_(out), process_(command) {}

    lastcall::sys::subject& process() { return process_; }

    /// As subject::wait(), and its lines appear as they come.
    bool wait(drill::moment until) {
        return process_.wait(until, [this](std::string_view line) {
            out_.line(out_.in(ink::dim, "    │ ") + std::string(line));
        });
    }

    void wait_ready(const lastcall::sys::endpoint& target) {
        const auto until = drill::clock::now() + longest_start;
        const bool ready = drill::wait_ready(target, "/ready", until,
                                             [this] { return wait(drill::clock::now()); });
        if (!ready) {
            throw std::runtime_error(
                process_.exit() ? "the service ended with status " +
                                      std::to_string(process_.exit()->code) + " before it was ready"
                                : "the service was not ready after 20 s: GET " + target.text() +
                                      "/ready does not answer 200");
        }
    }

private:
    screen& out_;
    lastcall::sys::subject process_;
};

void show_progress(screen& out, const drill::load_counters& seen, std::chrono::nanoseconds gone) {
    out.passing("  " + out.in(ink::accent, "load ") + " " + seconds_text(gone) + "   " +
                drill::grouped(seen.answered) + " answered · " + drill::grouped(seen.in_flight) +
                " in flight · " + drill::grouped(seen.connections) + " connections");
}

/// Files that the service should have removed: everything in its directory for temporary
/// files, and what SQLite leaves where it was not closed.
std::vector<std::string> files_left(const fs::path& temporary, const std::string& db) {
    std::vector<std::string> left;
    for (const auto& entry : fs::recursive_directory_iterator(temporary)) {
        left.push_back(entry.path().filename().string());
    }
    if (db.starts_with("sqlite:")) {
        for (const char* const suffix : {"-wal", "-shm", "-journal"}) {
            const fs::path file = db.substr(std::string_view("sqlite:").size()) + suffix;
            if (fs::exists(file)) {
                left.push_back(file.filename().string());
            }
        }
    }
    return left;
}

/// Shows the load while it runs, until it is time for the signal.
void run_load(service& orders, const drill::load& load, std::chrono::milliseconds length,
              screen& out) {
    const auto begun = drill::clock::now();
    while (drill::clock::now() < begun + length) {
        if (orders.wait(std::min(drill::clock::now() + 100ms, begun + length))) {
            throw std::runtime_error("the service ended by itself under load");
        }
        show_progress(out, load.counters(), drill::clock::now() - begun);
    }
    out.line("  " + out.in(ink::accent, "load   ") + " " + seconds_text(length) + ", " +
             drill::grouped(load.counters().answered) + " requests answered");
}

}  // namespace

run_result run(const options& chosen, screen& out) {
    const private_directory ours;
    const auto temporary = ours.path() / "tmp";
    fs::create_directory(temporary);
    run_result seen;
    seen.signal = chosen.crash ? "SIGKILL" : "SIGTERM";
    seen.database =
        chosen.db.empty() ? "sqlite:" + (ours.path() / "orders.db").string() : chosen.db;
    if (!chosen.db.empty()) {
        seen.orders_before = orders_in(chosen.db);
    }
    const auto target = lastcall::sys::endpoint::loopback(lastcall::sys::free_port());
    lastcall::sys::subject_command command;
    command.argv = {chosen.orders,
                    "--listen",
                    target.text(),
                    "--db",
                    seen.database,
                    "--temp-dir",
                    temporary.string(),
                    "--grace",
                    std::to_string(chosen.grace.count()) + "ms"};
    if (!chosen.queue.empty()) {
        command.argv.insert(command.argv.end(), {"--queue", chosen.queue});
    }

    out.line();
    out.line(out.in(ink::strong, "lastcall") + ": a real service, real load, and " +
             (chosen.crash ? "SIGKILL" : "SIGTERM") + " in the middle of it");
    out.line();
    service orders(command, out);
    orders.wait_ready(target);
    out.line("  " + out.in(ink::accent, "orders ") + " process " +
             std::to_string(orders.process().pid()) + " on " + target.text() + ", " +
             seen.database.substr(0, seen.database.find(':')) +
             (chosen.queue.empty() ? "" : " and Redis"));
    out.line("  " + out.in(ink::accent, "clients") +
             " 42 keep-alive (30 % POST /orders), 10 new-connection, 10 slow, 5 streams of 2 s,");
    out.line("          20 WebSockets, 5 idle, 5 silent; they never retry");

    drill::load load(mixed_load(target));
    load.start();
    run_load(orders, load, chosen.load_time, out);
    const auto in_flight = load.counters().in_flight.load();
    const auto connections = load.counters().connections.load();
    const auto sent =
        load.signal([&] { orders.process().send_signal(chosen.crash ? SIGKILL : SIGTERM); });
    out.line("  " + out.in(ink::bad, chosen.crash ? "SIGKILL" : "SIGTERM") + " with " +
             drill::grouped(in_flight) + " requests in flight on " + drill::grouped(connections) +
             " connections");
    // Its own watchdog has to end it at the deadline; we are what comes after.
    if (!orders.wait(sent + chosen.grace + after_exit)) {
        seen.killed_by_us = true;
        out.line("  " + out.in(ink::bad, "SIGKILL") + " its grace period is over");
        orders.process().kill_group();
        orders.wait(drill::moment::max());
    }
    seen.exit = *orders.process().exit();
    seen.processes_left = orders.process().group();
    load.finish(seen.exit.when + after_exit);
    seen.log = load.log();
    seen.port_left = lastcall::sys::somebody_listens(target);
    seen.files_left = files_left(temporary, seen.database);  // before the database is opened
    seen.books = read_ledger(seen.database, chosen.queue);
    return seen;
}

}  // namespace stop_demo

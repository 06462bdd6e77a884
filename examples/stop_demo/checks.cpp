#include "checks.hpp"

#include <algorithm>
#include <iterator>

#include "drill/text.hpp"

namespace stop_demo {
namespace {

using lastcall::drill::grouped;
using lastcall::drill::outcome;
using ids = std::vector<std::int64_t>;

/// Those of `left` that are not in `right`; both sorted.
std::uint64_t not_in(const ids& left, const ids& right) {
    ids made;
    std::ranges::set_difference(left, right, std::back_inserter(made));
    return made.size();
}

std::uint64_t in_both(const ids& left, const ids& right) {
    ids made;
    std::ranges::set_intersection(left, right, std::back_inserter(made));
    return made.size();
}

std::uint64_t repeated(const ids& sorted) {
    std::uint64_t count = 0;
    for (std::size_t i = 1; i < sorted.size(); ++i) {
        count += sorted[i] == sorted[i - 1] ? 1U : 0U;
    }
    return count;
}

ids acknowledged(const lastcall::drill::exchange_log& log) {
    ids made;
    for (const auto& one : log.exchanges) {
        if (one.order_id) {
            made.push_back(*one.order_id);
        }
    }
    std::ranges::sort(made);
    return made;
}

void check_requests(const run_result& seen, verdict& into) {
    const auto& requests = into.requests;
    into.checks.push_back(
        {"requests", "every request has its answer",
         requests.lost == 0 ? grouped(requests.all.total()) : grouped(requests.lost) + " lost",
         requests.lost == 0});
    std::uint64_t open = 0;
    std::uint64_t sessions_told = 0;
    for (const auto& one : seen.log.exchanges) {
        if (one.lane == "websocket" && one.method == "GET" && one.end_ns > seen.log.signal_ns) {
            ++open;
            sessions_told += one.result == outcome::ws_closed_1001 ? 1U : 0U;
        }
    }
    into.checks.push_back({"websockets", "every WebSocket was told 1001, going away",
                           grouped(sessions_told) + " of " + grouped(open),
                           sessions_told == open && open > 0});
}

void check_orders(const run_result& seen, verdict& into) {
    const auto& books = seen.books;
    auto acks = acknowledged(seen.log);
    const auto answers = acks.size();
    acks.erase(std::unique(acks.begin(), acks.end()), acks.end());
    const auto there = in_both(acks, books.orders);
    into.checks.push_back({"acknowledged_orders", "every acknowledged order is in the database",
                           grouped(there) + " of " + grouped(answers),
                           there == answers && answers > 0});
    const auto known = seen.orders_before + there;
    const auto silent = books.orders.size() - std::min<std::size_t>(books.orders.size(), known);
    into.checks.push_back({"unacknowledged_orders", "no order was taken behind its client's back",
                           grouped(silent), silent == 0});
}

void check_jobs(const run_result& seen, verdict& into) {
    const auto& books = seen.books;
    const auto shipped = books.orders.size() - books.unshipped.size();
    const auto without = not_in(books.unshipped, books.jobs);
    into.checks.push_back({"orders_without_job", "no order without its job",
                           grouped(shipped) + " done, " + grouped(books.unshipped.size()) + " wait",
                           without == 0});
    // A job that waits for an order that is shipped would be done a second time.
    auto twice = repeated(books.shipments);
    if (!books.jobs_may_repeat) {
        twice += repeated(books.jobs) + in_both(books.shipments, books.jobs);
    }
    // Shipped and no shipment: the job is gone, and its work was not done.
    const auto lost = shipped - std::min<std::uint64_t>(shipped, books.shipments.size()) +
                      in_both(books.unshipped, books.shipments) + books.jobs_held + books.jobs_dead;
    into.checks.push_back({"jobs", "no job lost, none done twice, none still held",
                           grouped(lost) + " and " + grouped(twice), lost == 0 && twice == 0});
}

void check_leftovers(const run_result& seen, verdict& into) {
    std::string names;
    for (const auto& name : seen.files_left) {
        names += (names.empty() ? "" : ", ") + name;
    }
    const bool is_file = seen.database.starts_with("sqlite:");
    into.checks.push_back({"files",
                           is_file ? "temporary files are gone, the database is closed (no -wal)"
                                   : "temporary files are gone",
                           names.empty() ? "0 left" : names, names.empty()});
    if (seen.books.connections > 0 || !is_file) {
        into.checks.push_back({"connections", "no connection is left on the database server",
                               grouped(seen.books.connections) + " left",
                               seen.books.connections == 0});
    }
    const auto left = seen.processes_left.size() + (seen.port_left ? 1U : 0U);
    into.checks.push_back(
        {"processes", "no process is left, the port is free", grouped(left) + " left", left == 0});
    const bool clean = seen.exit.signal == 0 && seen.exit.code == 0 && !seen.killed_by_us;
    into.checks.push_back({"exit_code", "the exit code is 0",
                           seen.killed_by_us       ? "killed by us, after its grace period"
                           : seen.exit.signal != 0 ? "signal " + std::to_string(seen.exit.signal)
                                                   : std::to_string(seen.exit.code),
                           clean});
}

}  // namespace

bool verdict::all_hold() const { return std::ranges::all_of(checks, &check::holds); }

int verdict::status() const {
    if (!all_hold()) {
        return 3;
    }
    return conclusive() ? 0 : 4;
}

verdict judge(const run_result& seen) {
    verdict made;
    made.requests = lastcall::drill::count(seen.log);
    const auto exit_ns = lastcall::drill::nanoseconds(seen.exit.when);
    made.signal_to_exit_ms = static_cast<double>(exit_ns - seen.log.signal_ns) / 1e6;
    made.last_response_to_exit_ms =
        static_cast<double>(exit_ns - made.requests.last_response_ns) / 1e6;
    check_requests(seen, made);
    check_orders(seen, made);
    check_jobs(seen, made);
    check_leftovers(seen, made);
    return made;
}

}  // namespace stop_demo

#include "ledger.hpp"

#include <algorithm>
#include <stdexcept>

#include "sql.hpp"

namespace stop_demo {
namespace {

std::int64_t number(const std::string& text, const char* what) {
    try {
        std::size_t used = 0;
        const auto value = std::stoll(text, &used);
        if (used == text.size()) {
            return value;
        }
    } catch (const std::exception&) {
        // Said below, in our words.
    }
    throw std::runtime_error(std::string("the database: ") + what + ": \"" + text +
                             "\" is not a number");
}

std::vector<std::int64_t> numbers(database& from, const char* sql) {
    std::vector<std::int64_t> made;
    for (const auto& text : from.column(sql)) {
        made.push_back(number(text, sql));
    }
    std::ranges::sort(made);
    return made;
}

std::uint64_t count(database& from, const char* sql) {
    return static_cast<std::uint64_t>(number(from.column(sql).at(0), sql));
}

}  // namespace

std::unique_ptr<database> open_database(const std::string& url) {
    constexpr std::string_view sqlite = "sqlite:";
    return url.starts_with(sqlite) ? open_sqlite(url.substr(sqlite.size())) : open_postgres(url);
}

std::uint64_t orders_in(const std::string& url) {
    const auto from = open_database(url);
    try {
        return count(*from, sql::count_orders);
    } catch (const std::runtime_error&) {
        return 0;  // the service makes its tables when it starts
    }
}

ledger read_ledger(const std::string& url, const std::string& queue) {
    const auto from = open_database(url);
    ledger made;
    made.orders = numbers(*from, sql::orders);
    made.unshipped = numbers(*from, sql::unshipped);
    made.shipments = numbers(*from, sql::shipments);
    made.jobs = numbers(*from, sql::jobs);
    made.jobs_held = count(*from, sql::jobs_held);
    made.jobs_dead = count(*from, sql::jobs_dead);
    if (!url.starts_with("sqlite:")) {
        made.connections = count(*from, sql::connections);
    }
    if (!queue.empty()) {
        made.jobs_may_repeat = true;
        add_redis_jobs(queue, made);
        std::ranges::sort(made.jobs);
    }
    return made;
}

}  // namespace stop_demo

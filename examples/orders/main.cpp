// A service that takes orders: HTTP and WebSocket in front, SQLite or PostgreSQL behind,
// jobs in a queue. Read it top down: each line acquires something, and the stop releases
// it in the order that the `uses` give.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <iostream>
#include <lastcall/flush_spdlog.hpp>
#include <lastcall/http.hpp>
#include <lastcall/lifecycle.hpp>
#include <lastcall/temp_files.hpp>

#include "api.hpp"
#include "feed.hpp"
#include "metrics.hpp"
#include "options.hpp"
#include "store.hpp"
#include "work.hpp"

namespace {

lastcall::lifecycle_options life_options(const orders::options& o) {
    lastcall::lifecycle_options life{.service = "orders", .grace = o.grace};
    if (o.duck_max || o.duck_min) {
        const auto max = o.duck_max.value_or(o.duck_min.value_or(std::chrono::milliseconds(0)));
        life.duck = lastcall::lame_duck{.min = o.duck_min.value_or(std::chrono::milliseconds(0)),
                                        .max = max,
                                        .quiet = o.duck_quiet.value_or(std::chrono::seconds(2))};
    }
    life.reraise_sigterm = o.reraise;
    life.report_file = o.report_file;
    return life;
}

lastcall::http::server_options server_options(const orders::options& o) {
    lastcall::http::server_options http{.listen = o.listen, .threads = o.threads};
    http.race_grace = o.race_grace;
    http.uses = {"db threads", "orders-temp"};
    if (!o.tls_certificate.empty()) {
        http.tls = lastcall::http::tls_options{o.tls_certificate, o.tls_key};
    }
    return http;
}

[[noreturn]] void serve(const orders::options& o) {
    lastcall::lifecycle life(life_options(o));
    spdlog::set_default_logger(spdlog::stderr_logger_mt("orders"));
    lastcall::flush_spdlog(life);

    const auto db = orders::open_store(life, o.db, o.db_threads + o.workers + 2);
    lastcall::temp_directory temp(
        life, {.name = "orders-temp", .parent = o.temp_dir, .uses = lastcall::nothing});
    orders::blocking_threads threads(life, *db, o.db_threads);
    orders::feed news;
    orders::metrics numbers;
    orders::workers workers(life, o, *db, news, numbers);
    orders::api api(life, *db, threads, news, numbers, temp);
    lastcall::http::server server(life, server_options(o), std::ref(api));
    api.show(server);

    life.ready();
    std::cout << "orders: listening on " << o.listen.substr(0, o.listen.rfind(':')) << ":"
              << server.port() << std::endl;
    life.run_and_exit();
}

}  // namespace

int main(int argc, char** argv) try {
    // There is nothing to reload, and who asks for it by habit must not end the service.
    std::signal(SIGHUP, SIG_IGN);
    serve(orders::read_options(argc, argv));
} catch (const orders::usage_end& end) {
    (end.status == 0 ? std::cout : std::cerr) << end.what() << "\n";
    return end.status;
} catch (const std::exception& error) {
    return lastcall::refuse_start("orders", error);
}

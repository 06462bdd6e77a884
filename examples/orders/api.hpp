// The routes of the service.
#pragma once

#include <lastcall/http.hpp>
#include <lastcall/temp_files.hpp>

#include "feed.hpp"
#include "metrics.hpp"
#include "store.hpp"
#include "work.hpp"

namespace orders {

class api {
public:
    api(lastcall::lifecycle& life, store& db, blocking_threads& threads, feed& news,
        metrics& numbers, lastcall::temp_directory& temp);

    /// Answers, or sees to it that somebody will. Never blocks: event loops call it.
    void operator()(lastcall::http::exchange x);

    /// The server whose counts /metrics shows; set once it exists.
    void show(const lastcall::http::server& server) { server_ = &server; }

private:
    using exchange = lastcall::http::exchange;
    struct route;
    static const std::vector<route>& routes();

    void home(exchange x);
    void create(exchange x);
    void find(exchange x);
    void list(exchange x);
    void export_all(exchange x);
    void catalogue(exchange x);
    void slow(exchange x);
    void stream(exchange x);
    void join_feed(exchange x);
    void ready(exchange x);
    void health(exchange x);
    void show_metrics(exchange x);

    /// Runs `work(x)` on a thread that may block; what it throws becomes 503 or 500.
    template <class Work>
    void aside(exchange x, Work work);

    lastcall::lifecycle& life_;
    store& db_;
    blocking_threads& threads_;
    feed& news_;
    metrics& numbers_;
    lastcall::temp_directory& temp_;
    const lastcall::http::server* server_ = nullptr;
};

/// Writes all orders to a temporary file as CSV and sends that. Blocks.
void send_export(lastcall::http::exchange x, store& db, lastcall::temp_directory& temp);

}  // namespace orders

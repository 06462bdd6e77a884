#include "adapters/postgres/listener.hpp"

#include "adapters/worker/backoff.hpp"

namespace lastcall::detail {

postgres_listener::postgres_listener(postgres_store& store, std::string sql,
                                     std::function<void()> heard)
    : connection_(std::make_shared<postgres_connection>(store.options())) {
    pass inside = store.enter_listener();
    if (!inside) {
        return;
    }
    store.add_listener(connection_);
    // The connection is closed before the pass ends: a pool that has drained has none left.
    thread_ = std::thread([on = connection_, inside = std::move(inside), sql = std::move(sql),
                           heard = std::move(heard)]() mutable {
        listen(*on, sql, heard);
        on->close();
        inside.end();
    });
}

postgres_listener::~postgres_listener() {
    request_stop();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void postgres_listener::request_stop() noexcept { connection_->stop_listening(); }

void postgres_listener::listen(postgres_connection& on, const std::string& sql,
                               const std::function<void()>& heard) {
    adapters::backoff wait;
    do {
        try {
            on.open();
            on.run(sql, {});
            wait.reset();
            do {
                heard();
            } while (on.wait_notification());
            return;
        } catch (const postgres_error&) {
            // Jobs are found by polling meanwhile.
            on.close();
        }
    } while (on.pause(wait.next()));
}

}  // namespace lastcall::detail

#include "adapters/postgres/store.hpp"

#include <utility>

#include <lastcall/duration.hpp>

#include "adapters/postgres/canceller.hpp"

namespace lastcall::detail {
namespace {

postgres_options checked(postgres_options options, std::chrono::milliseconds force_window) {
    const std::string who = "postgres pool \"" + options.name + "\": ";
    if (options.size == 0) {
        throw std::invalid_argument(who + "needs 1 connection or more");
    }
    // Afterwards there must be time to roll back, to put jobs back and to close.
    const auto wait = options.force_wait.value_or(force_window * 2 / 5);
    if (wait.count() < 0 || (options.force_wait && wait >= force_window)) {
        throw std::invalid_argument(who + "a force wait of " + to_text(wait) +
                                    " does not fit: the grace period leaves " +
                                    to_text(force_window) +
                                    " for forcing; lower it, leave it unset, or give the service "
                                    "a longer grace period");
    }
    options.force_wait = wait;
    return options;
}

}  // namespace

postgres_store::postgres_store(postgres_options options, std::chrono::milliseconds force_window)
    : options_(checked(std::move(options), force_window)),
      transactions_(options_.name),
      listeners_(options_.name + " listen") {
    for (std::size_t i = 0; i < options_.size; ++i) {
        connections_.push_back(std::make_unique<postgres_connection>(options_));
    }
    connections_.back()->open();
    for (const auto& one : connections_) {
        free_.put(*one);  // the open one last: the line lends the latest first
    }
}

component postgres_store::describe() {
    return {.name = options_.name,
            .uses = options_.uses,
            .gates = {&transactions_, &listeners_},
            .close = [this] { close(); },
            .force = [this] { force(); },
            .drain_share = options_.drain_share,
            .close_share = options_.close_share};
}

postgres_transaction postgres_store::begin(label name, adapters::purpose why) {
    const bool is_work = why == adapters::purpose::work;
    pass inside;
    if (is_work) {
        inside = transactions_.try_enter(name);
        if (!inside) {
            return {};
        }
    }
    const auto until = clock::now() + options_.acquire_timeout;
    const line::answer got = free_.take(until, !is_work);
    if (got.how != line::ending::lent) {
        throw_no_turn(got.how);
    }
    try {
        got.thing->begin(is_work, forced_);
    } catch (...) {
        give_back(*got.thing);
        throw;
    }
    return postgres_transaction(
        std::make_shared<postgres_work>(shared_from_this(), *got.thing, std::move(inside)));
}

void postgres_store::throw_no_turn(line::ending how) const {
    const std::string who = "postgres pool \"" + options_.name + "\": ";
    switch (how) {
        case line::ending::timed_out:
            throw postgres_error("53300",
                                 who + "none of " + std::to_string(options_.size) +
                                     " connections was free within " +
                                     std::to_string(options_.acquire_timeout.count()) +
                                     " ms; who() of its gate names the transactions",
                                 "BEGIN");
        case line::ending::closed:
            throw postgres_error("08003", who + "closed", "BEGIN");
        default:
            throw postgres_error("57014", who + "forced while it waited for a connection", "BEGIN");
    }
}

void postgres_store::give_back(postgres_connection& connection) noexcept {
    if (!free_.put(connection)) {
        connection.close();
    }
}

void postgres_store::force() noexcept {
    forced_ = true;
    free_.cancel();
    std::vector<std::shared_ptr<postgres_ticket>> tickets;
    for (const auto& one : connections_) {
        if (auto ticket = one->force()) {
            tickets.push_back(std::move(ticket));
        }
    }
    cancel_in_background(std::move(tickets), *options_.force_wait);
    const std::lock_guard lock(mutex_);
    for (const auto& weak : listening_) {
        if (const auto one = weak.lock()) {
            one->stop_listening();
        }
    }
}

void postgres_store::close() {
    if (closed_) {
        return;
    }
    closed_ = true;
    transactions_.close();
    listeners_.close();
    std::size_t in_use = connections_.size();
    for (postgres_connection* const one : free_.close()) {
        one->close();
        --in_use;
    }
    if (in_use > 0) {
        throw std::runtime_error(std::to_string(in_use) +
                                 " transaction(s) still run; their connections are left to them");
    }
}

void postgres_store::add_listener(std::weak_ptr<postgres_connection> listening) {
    const std::lock_guard lock(mutex_);
    listening_.push_back(std::move(listening));
}

}  // namespace lastcall::detail

#include "agent/story/last_end.hpp"

namespace lastcall::agent::story {

namespace {

/// The newest exit; or a stop that was asked for after it and goes on.
void find_end(const rows& all, const std::string& service, last_end& found) {
    for (auto row = all.rbegin(); row != all.rend(); ++row) {
        const bool is_mine = row->service == service;
        if (is_mine && row->kind == "generation_exited") {
            found.exited = &*row;
            return;
        }
        const bool is_for_me = is_mine || row->service.empty();
        if (is_for_me && row->kind == "stop_asked" && found.asked == nullptr) {
            found.asked = &*row;
        }
        if (is_mine && row->kind == "generation_started") {
            // What it was asked before belongs to one that has ended.
            if (found.asked != nullptr) {
                return;
            }
        }
    }
}

bool is_of_generation(const journal_row& row, std::int64_t generation) {
    return row.generation == generation || row.generation == 0;
}

}  // namespace

std::int64_t last_end::generation() const noexcept {
    if (exited != nullptr) {
        return exited->generation;
    }
    if (asked != nullptr && asked->generation != 0) {
        return asked->generation;
    }
    return started != nullptr ? started->generation : 0;
}

last_end find_last_end(const rows& all, const std::string& service) {
    last_end found;
    find_end(all, service, found);
    if (!found.was_there()) {
        return found;
    }
    // A stop that was asked for after the exit has nothing of this service to stop.
    const auto until = found.exited != nullptr ? found.exited->number : all.back().number;
    if (found.asked != nullptr && found.exited != nullptr) {
        found.asked = nullptr;
    }
    const auto generation = found.exited != nullptr ? found.exited->generation : found.generation();
    std::int64_t replaced_in = 0;
    for (const auto& row : all) {
        const bool is_mine = row.service == service;
        const bool is_before = row.number <= until;
        const bool is_same = generation == 0 || is_of_generation(row, generation);
        if (is_mine && is_before && is_same && row.generation != 0) {
            if (row.kind == "generation_started") {
                found.started = &row;
                found.ready = nullptr;
            } else if (row.kind == "generation_ready") {
                found.ready = &row;
            }
        }
        if (found.exited != nullptr && is_before && row.kind == "stop_asked" && is_same &&
            (is_mine || row.service.empty()) &&
            (found.started == nullptr || row.number > found.started->number)) {
            found.asked = &row;
        }
        if (is_mine && row.kind == "stop_report" && is_same && is_before) {
            found.reports.push_back(&row);
        }
        if (is_mine && row.kind == "deploy_state" && is_before) {
            const auto state = text(row.fields, "state");
            const auto from = number(row.fields, "from"), to = number(row.fields, "to");
            if (state == "draining_old" && from == generation) {
                replaced_in = row.deploy;
                found.undone = nullptr;
            } else if (state == "rolling_back" && to == generation) {
                replaced_in = row.deploy;
                found.undone = &row;
            }
        }
    }
    for (const auto& row : all) {
        if (row.kind == "deploy_asked" && replaced_in != 0 && row.deploy == replaced_in) {
            found.deploy = &row;
        }
        const bool is_after_begin = row.number > found.began().number;
        if (row.kind == "agent_started" && is_after_begin && row.number < until) {
            found.agent_starts.push_back(&row);
        }
        const bool is_about_me = row.service == service && row.number > until;
        if (is_about_me && found.exited != nullptr &&
            (row.kind == "restart_planned" || row.kind == "crash_loop" ||
             row.kind == "generation_started" || row.kind == "generation_ready")) {
            found.after.push_back(&row);
        }
    }
    return found;
}

}  // namespace lastcall::agent::story

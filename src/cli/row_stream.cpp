#include "cli/row_stream.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace lastcall::cli {

struct row_stream::shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<json> rows;
    bool is_over = false;
    bool is_left = false;
    std::string why;
};

row_stream::row_stream(const agent::client_target& to, agent::api_client::event_wish what)
    : shared_(std::make_shared<shared>()) {
    std::thread([to, what = std::move(what), state = shared_] {
        std::string why;
        try {
            agent::api_client client(to);
            why = client
                      .follow_events(what,
                                     [&state](const json& row) {
                                         const std::lock_guard lock(state->mutex);
                                         state->rows.push_back(row);
                                         state->changed.notify_one();
                                         return !state->is_left;
                                     })
                      .reason;
        } catch (const std::exception& e) {
            why = e.what();
        }
        const std::lock_guard lock(state->mutex);
        state->is_over = true;
        state->why = why;
        state->changed.notify_one();
    }).detach();
}

row_stream::~row_stream() {
    const std::lock_guard lock(shared_->mutex);
    shared_->is_left = true;
}

row_stream::news row_stream::next(json& into, clock::time_point until) {
    std::unique_lock lock(shared_->mutex);
    shared_->changed.wait_until(lock, until,
                                [this] { return !shared_->rows.empty() || shared_->is_over; });
    if (!shared_->rows.empty()) {
        into = std::move(shared_->rows.front());
        shared_->rows.pop_front();
        return news::row;
    }
    return shared_->is_over ? news::over : news::nothing;
}

std::string row_stream::why() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->why;
}

}  // namespace lastcall::cli

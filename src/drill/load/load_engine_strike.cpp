// What a load does for the signal: clients go to their cells, the last requests are written,
// the signal is sent in between, and who was where is kept.
#include <algorithm>
#include <utility>

#include "drill/load/load_engine.hpp"

namespace lastcall::drill {
namespace {

constexpr std::chrono::milliseconds between_looks{1};
/// A state that passes by itself is not made anew more often than this.
constexpr std::chrono::milliseconds between_rounds{2};

bool is_between_requests(cell where) noexcept {
    return where == cell::none || where == cell::silent || where == cell::just_idle ||
           where == cell::idle;
}

}  // namespace

void load_engine::strike(const std::function<void()>& send, const strike_timing& timing,
                         bool withdraws, std::promise<moment>& made) {
    context_.loop.post([this, &send, timing, withdraws, &made] {
        strike_.emplace(strike_order{.send = send,
                                     .withdraws = withdraws,
                                     .made = &made,
                                     .after_writing = timing.after_writing,
                                     .latest = clock::now() + timing.fill_for});
        assign_cells();
        fill();
    });
}

/// Of each lane so many clients as samples are wanted go to each of its cells, the cells in
/// turn; the others do what they always do.
void load_engine::assign_cells() {
    context_.is_filling = true;
    for (auto& one : lanes_) {
        const auto cells = cells_of(one.plan.kind);
        if (cells.empty()) {
            continue;
        }
        // An open loop goes on meanwhile, over the other half.
        const auto available = one.driver ? one.clients.size() / 2 : one.clients.size();
        const auto wanted = std::min(available, cells.size() * samples_per_cell_);
        for (std::size_t i = 0; i < wanted; ++i) {
            one.clients[i]->aim_for(cells[i % cells.size()]);
        }
    }
}

bool load_engine::cells_are_filled() {
    bool all = true;
    for_each_client([&](client& one) {
        if (all && !one.is_in_place()) {
            all = false;
        }
    });
    return all;
}

/// Strikes when all are where they are to be, or the time for it is over. Who is not is told
/// again: those whose state passes by itself all together, so that they are there together.
void load_engine::fill() {
    const auto now = clock::now();
    if (strike_->is_written) {
        if (now >= strike_->latest) {
            signal_now();
        }
        return;
    }
    if (now >= strike_->latest || cells_are_filled()) {
        write_last();
        return;
    }
    if (now - strike_->round >= between_rounds) {
        bool all_answered = true;
        for_each_client([&](const client& one) {
            all_answered = all_answered &&
                           (one.aim() != cell::just_idle || is_between_requests(one.cell_now()));
        });
        strike_->round = now;
        for_each_client([&](client& one) {
            const bool is_due = one.aim() != cell::just_idle || all_answered;
            if (one.aim() != cell::none && is_due && !one.is_in_place()) {
                one.aim_for(one.aim());
            }
        });
    }
    fill_timer_.set(clock::now() + between_looks);
}

/// The requests that are to be unread, or on their way, when the signal comes.
void load_engine::write_last() {
    for_each_client([](client& one) { one.connect_in_turn(); });
    // Connections to this machine are made by now: their requests are written here.
    context_.loop.catch_up();
    for_each_client([](client& one) { one.write_in_turn(); });
    if (strike_->after_writing.count() == 0) {
        signal_now();
        return;
    }
    strike_->is_written = true;
    strike_->latest = clock::now() + strike_->after_writing;
    fill_timer_.set(strike_->latest);
}

void load_engine::signal_now() {
    const auto order = *std::exchange(strike_, std::nullopt);
    fill_timer_.cancel();
    if (order.withdraws) {
        withdraw_now();
    }
    const auto now = clock::now();
    order.send();
    context_.note_signal(nanoseconds(now));
    if (context_.accepts.works()) {
        look_at_queue();  // before the signal it would cost the requests their lead
    }
    context_.is_filling = false;
    context_.notes_cells = true;
    for_each_client([this](client& one) {
        if (const auto where = one.note_signal(); where != cell::none) {
            ++in_cell_[static_cast<std::size_t>(where)];
        }
    });
    context_.notes_cells = false;
    order.made->set_value(now);
}

}  // namespace lastcall::drill

#include "drill/load/open_loop.hpp"

#include <algorithm>
#include <cmath>

namespace lastcall::drill {

open_loop::open_loop(load_context& shared, const lane_plan& plan, std::string_view lane)
    : context_(shared),
      lane_(lane),
      target_(shared.names->intern(plan.get)),
      gap_ns_(1e9 / plan.rate),
      poisson_(plan.poisson),
      timer_(shared.loop.timers(), [this] { due(); }) {}

void open_loop::add(open_worker& one) {
    all_.push_back(&one);
    free_.push_back(&one);
    one.is_listed_ = true;
}

void open_loop::begin(moment when) {
    stopped_ = false;
    next_ = when;
    timer_.set(when);
}

void open_loop::plan_next() {
    part_ns_ += poisson_ ? -gap_ns_ * std::log1p(-context_.share()) : gap_ns_;
    const double whole = std::floor(part_ns_);
    part_ns_ -= whole;
    next_ += std::chrono::nanoseconds(static_cast<std::int64_t>(whole));
}

void open_loop::due() {
    const auto now = clock::now();
    while (!stopped_ && next_ <= now) {
        context_.log.late.add(nanoseconds(now) - nanoseconds(next_));
        const auto when = next_;
        plan_next();
        hand_out(when);
    }
    give_up_stale(now);
    if (!stopped_) {
        timer_.set(next_);
    }
}

void open_loop::hand_out(moment when) {
    while (!free_.empty()) {
        auto& one = *free_.front();
        free_.pop_front();
        one.is_listed_ = false;  // who can not send now says freed() when it can
        if (one.can_send()) {
            one.hand_out(when);
            return;
        }
    }
    if (context_.routes_withdrawn && !anybody_left()) {
        stop(outcome::not_sent_closed);
        return;
    }
    waiting_.push_back(when);
}

void open_loop::freed(open_worker& one) {
    if (one.is_listed_) {
        return;
    }
    if (!waiting_.empty() && one.can_send()) {
        const auto when = waiting_.front();
        waiting_.pop_front();
        one.hand_out(when);
        return;
    }
    free_.push_back(&one);
    one.is_listed_ = true;
    if (!waiting_.empty() && !anybody_left()) {
        stop(outcome::not_sent_closed);
    }
}

void open_loop::give_up_stale(moment now) {
    while (!waiting_.empty() && waiting_.front() + context_.patience <= now) {
        record_unsent(waiting_.front(), outcome::hung_first);
        waiting_.pop_front();
    }
}

bool open_loop::anybody_left() const {
    return std::ranges::any_of(
        all_, [](const open_worker* one) { return one->is_occupied() || one->can_send(); });
}

void open_loop::routes_closed() {
    if (!stopped_ && !anybody_left()) {
        stop(outcome::not_sent_closed);
    }
}

void open_loop::wind_down() { stop(outcome::ended_by_us); }

bool open_loop::finished() const {
    return stopped_ || (context_.routes_withdrawn && !anybody_left());
}

void open_loop::end() { stop(anybody_left() ? outcome::ended_by_us : outcome::not_sent_closed); }

/// Nobody can send any more: what was due and waits was never begun.
void open_loop::stop(outcome result) {
    stopped_ = true;
    timer_.cancel();
    for (const auto when : waiting_) {
        record_unsent(when, result);
    }
    waiting_.clear();
}

void open_loop::record_unsent(moment due, outcome result) {
    exchange one;
    one.lane = lane_;
    one.method = "GET";
    one.target = target_;
    one.intended_ns = nanoseconds(due);
    one.end_ns = nanoseconds(clock::now());
    one.result = result;
    context_.record(one);
}

}  // namespace lastcall::drill

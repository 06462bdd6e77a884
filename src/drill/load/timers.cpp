#include "drill/load/timers.hpp"

#include <algorithm>
#include <utility>

namespace lastcall::drill {

void timer::set(moment when) {
    when_ = when;
    if (place_ == nowhere) {
        queue_.heap_.push_back(this);
        place_ = queue_.heap_.size() - 1;
    }
    queue_.sift(place_);
}

void timer::cancel() noexcept {
    if (place_ != nowhere) {
        queue_.erase(*this);
    }
}

moment timer_queue::next(moment limit) const noexcept {
    return heap_.empty() ? limit : std::min(limit, heap_.front()->when_);
}

void timer_queue::fire(moment now) {
    while (!heap_.empty() && heap_.front()->when_ <= now) {
        timer& due = *heap_.front();
        erase(due);
        due.call_();
    }
}

void timer_queue::put(timer* one, std::size_t place) noexcept {
    heap_[place] = one;
    one->place_ = place;
}

/// Moves the timer at `place` up or down to where its time belongs.
void timer_queue::sift(std::size_t place) noexcept {
    timer* const one = heap_[place];
    while (place > 0 && one->when_ < heap_[(place - 1) / 2]->when_) {
        put(heap_[(place - 1) / 2], place);
        place = (place - 1) / 2;
    }
    for (;;) {
        auto child = 2 * place + 1;
        if (child >= heap_.size()) {
            break;
        }
        if (child + 1 < heap_.size() && heap_[child + 1]->when_ < heap_[child]->when_) {
            ++child;
        }
        if (!(heap_[child]->when_ < one->when_)) {
            break;
        }
        put(heap_[child], place);
        place = child;
    }
    put(one, place);
}

void timer_queue::erase(timer& one) noexcept {
    const auto place = std::exchange(one.place_, timer::nowhere);
    timer* const last = heap_.back();
    heap_.pop_back();
    if (last != &one) {
        put(last, place);
        sift(place);
    }
}

}  // namespace lastcall::drill

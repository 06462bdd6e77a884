#include "drill/report/time_scale.hpp"

#include <algorithm>

#include "drill/report/figures.hpp"

namespace lastcall::drill {
namespace {

constexpr double gap_width = 0.06;    // of the picture
constexpr double longest_gap = 0.45;  // of the time; what is longer is cut short

std::optional<time_scale::gap> gap_in(std::vector<std::int64_t>& events, std::int64_t begin,
                                      std::int64_t end) {
    std::ranges::sort(events);
    time_scale::gap widest;
    auto last = begin;
    for (const auto at : events) {
        if (at > end) {
            break;
        }
        if (at - last > widest.end_ns - widest.begin_ns) {
            widest = {last, at};
        }
        last = std::max(last, at);
    }
    const auto length = widest.end_ns - widest.begin_ns;
    if (static_cast<double>(length) < longest_gap * static_cast<double>(end - begin)) {
        return std::nullopt;
    }
    // What comes before and after keeps some room, or its labels would touch the cut.
    const auto room = (end - begin - length) / 12;
    return time_scale::gap{widest.begin_ns + room, widest.end_ns - room};
}

std::int64_t step_for(std::int64_t range) {
    constexpr std::int64_t first = 1'000'000;
    for (std::int64_t step = first;; step *= 10) {
        for (const std::int64_t times : {1, 2, 5}) {
            if (range / (step * times) <= 9) {
                return step * times;
            }
        }
    }
}

struct happenings {
    std::vector<std::int64_t> events;
    std::int64_t first = INT64_MAX;
    std::int64_t last = 0;

    void forget_before(std::int64_t ns) {
        std::erase_if(events, [&](std::int64_t at) { return at < ns; });
    }
};

happenings happenings_of(const trial_record& trial) {
    happenings made;
    made.events.reserve(2 * trial.exchanges.size() + trial.connections.size() + mark_count);
    for (const auto& one : trial.exchanges) {
        const auto begun = one.sent_ns != 0       ? one.sent_ns
                           : one.intended_ns != 0 ? one.intended_ns
                                                  : one.end_ns;
        made.first = std::min(made.first, begun);
        made.last = std::max(made.last, one.end_ns);
        made.events.push_back(begun);
        made.events.push_back(one.end_ns);
    }
    for (const auto& one : trial.connections) {
        made.last = std::max(made.last, one.end_ns);
        made.events.push_back(one.end_ns);
    }
    for (std::size_t i = 0; i < mark_count; ++i) {
        made.last = std::max(made.last, trial.marks[static_cast<mark>(i)]);
        made.events.push_back(trial.marks[static_cast<mark>(i)]);
    }
    made.first = std::min(made.first, made.last);
    return made;
}

constexpr std::int64_t least_lead = 100'000'000;
constexpr std::int64_t most_lead = 2'000'000'000;
constexpr std::int64_t least_room = 2'000'000;

// `from` is when it began to matter, `origin` is 0 on the axis.
time_scale around(happenings seen, std::int64_t from, std::int64_t origin) {
    const auto lead = std::clamp((seen.last - from) * 2 / 5, least_lead, most_lead);
    const auto begin = from - lead;
    seen.forget_before(begin);
    auto scale = time_scale(begin, seen.last + std::max((seen.last - begin) / 50, least_room),
                            origin, seen.events);
    if (!scale.left_out()) {
        return scale;
    }
    // With the idle stretch cut short, a shorter lead tells as much.
    const auto gap = *scale.left_out();
    const auto busy = seen.last - from - (gap.end_ns - gap.begin_ns);
    const auto begin_now = from - std::clamp(busy * 2 / 5, least_lead, lead);
    seen.forget_before(begin_now);
    return {begin_now, seen.last + std::max((seen.last - begin_now) / 200, least_room), origin,
            seen.events};
}

std::int64_t decided_at(const marks& at) {
    auto decided = at[mark::signal_sent];
    for (const auto which : {mark::deleted, mark::pre_stop_begun, mark::successor_ready}) {
        decided = at[which] != 0 ? std::min(decided, at[which]) : decided;
    }
    return decided;
}

}  // namespace

time_scale::time_scale(std::int64_t begin_ns, std::int64_t end_ns, std::int64_t origin_ns,
                       std::vector<std::int64_t> events)
    : begin_(begin_ns),
      end_(std::max(end_ns, begin_ns + 1)),
      origin_(origin_ns),
      gap_(events.empty() ? std::nullopt : gap_in(events, begin_, end_)) {}

std::int64_t time_scale::shown_ns() const noexcept {
    return end_ - begin_ - (gap_ ? gap_->end_ns - gap_->begin_ns : 0);
}

double time_scale::at(std::int64_t ns) const noexcept {
    ns = std::clamp(ns, begin_, end_);
    const auto whole = static_cast<double>(shown_ns());
    if (!gap_) {
        return static_cast<double>(ns - begin_) / whole;
    }
    const auto scaled = [&](std::int64_t from, std::int64_t to) {
        return static_cast<double>(to - from) / whole * (1 - gap_width);
    };
    if (ns <= gap_->begin_ns) {
        return scaled(begin_, ns);
    }
    const auto before = scaled(begin_, gap_->begin_ns);
    if (ns >= gap_->end_ns) {
        return before + gap_width + scaled(gap_->end_ns, ns);
    }
    const auto length = static_cast<double>(gap_->end_ns - gap_->begin_ns);
    return before + gap_width * static_cast<double>(ns - gap_->begin_ns) / length;
}

std::vector<time_scale::tick> time_scale::ticks() const {
    std::vector<tick> made;
    const auto step = step_for(shown_ns());
    auto at_ns = origin_ + (begin_ - origin_) / step * step;
    for (; at_ns <= end_; at_ns += step) {
        const bool is_hidden = gap_ && at_ns > gap_->begin_ns && at_ns < gap_->end_ns;
        if (is_hidden) {
            // The next one behind the gap; there may be too many steps inside it to walk.
            at_ns += std::max<std::int64_t>((gap_->end_ns - at_ns) / step - 1, 0) * step;
        } else if (at_ns >= begin_) {
            made.push_back({at(at_ns), offset_text(at_ns - origin_)});
        }
    }
    return made;
}

time_scale scale_of(const trial_record& trial) {
    auto seen = happenings_of(trial);
    const auto signal_ns = trial.marks[mark::signal_sent];
    if (signal_ns == 0) {
        return {seen.first, seen.last, seen.first};
    }
    return around(std::move(seen), decided_at(trial.marks), signal_ns);
}

std::optional<time_scale> close_up_of(const trial_record& trial) {
    constexpr double small = 0.25;
    const auto signal_ns = trial.marks[mark::signal_sent];
    if (signal_ns == 0 || 1 - scale_of(trial).at(signal_ns) > small) {
        return std::nullopt;
    }
    return around(happenings_of(trial), signal_ns, signal_ns);
}

}  // namespace lastcall::drill

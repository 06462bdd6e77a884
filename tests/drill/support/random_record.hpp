// A record in which every member has some value that it can have.
#pragma once

#include <random>

#include "drill/record/run_record.hpp"

namespace lastcall::drill {

class random_record {
public:
    explicit random_record(std::uint32_t seed) : source_(seed) {}

    run_record make() {
        run_record run;
        run.sequence = text();
        run.subject = text();
        run.url = text();
        run.signal = text();
        run.event = text();
        run.host = text();
        run.started = text();
        run.expected = expected();
        for (auto n = below(4); n > 0; --n) {
            run.lanes.push_back({text(), number<int>(), coin(), text()});
        }
        for (auto n = below(4); n > 0; --n) {
            run.trials.push_back(trial(*run.names));
        }
        for (auto& one : run.reachable) {
            one = coin();
        }
        return run;
    }

private:
    std::uint64_t below(std::uint64_t n) { return source_() % n; }
    bool coin() { return below(2) == 1; }

    /// From 0; the ends of the range more often than chance has it.
    template <class Number>
    Number number() {
        constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<Number>::max());
        const auto kind = below(4);
        if (kind < 2) {
            return static_cast<Number>(kind == 0 ? 0 : most);
        }
        return static_cast<Number>(kind == 2 ? source_() & most : below(100) & most);
    }

    std::int64_t moment() {
        return static_cast<std::int64_t>(coin() ? 0 : below((std::uint64_t{1} << 61U) + 1));
    }
    std::chrono::nanoseconds duration() { return std::chrono::nanoseconds(moment()); }

    std::string text() {
        static const std::array<std::string, 8> parts{
            "pool", "\"", "\\", "\n", "\x01", "/a?b=c", "\xC3\xA4", "\xF0\x9F\x94\x94"};
        std::string made;
        for (auto n = below(5); n > 0; --n) {
            made += parts[below(parts.size())];
        }
        return made;
    }

    template <class Make>
    auto some(Make make) {
        std::vector<decltype(make())> made;
        for (auto n = below(5); n > 0; --n) {
            made.push_back(make());
        }
        return made;
    }

    expectations expected() {
        expectations made;
        made.judge_by = coin() ? policy::strict : policy::lb;
        made.grace = duration();
        made.exit_within = duration();
        made.exit_codes = some([this] { return number<int>(); });
        made.route_lag = duration();
        made.lame_duck_at_least = duration();
        made.not_ready_within = duration();
        made.idle_closed_within = duration();
        made.shedding_is_fine = coin();
        made.allowed_losses = number<std::uint64_t>();
        made.allowed_idle_races = number<std::uint64_t>();
        made.samples_per_cell = number<std::uint32_t>();
        made.ends = coin();
        made.has_probe = coin();
        made.tries_port = coin();
        made.second_signal = text();
        made.second_number = number<int>();
        return made;
    }

    exchange one_exchange(name_pool& names) {
        exchange one;
        one.lane = names.intern(text());
        one.method = names.intern(text());
        one.target = names.intern(text());
        one.connection = number<std::uint32_t>();
        one.nth = number<std::uint32_t>();
        one.opened_ns = moment();
        one.intended_ns = moment();
        one.sent_ns = moment();
        one.first_byte_ns = moment();
        one.end_ns = moment();
        one.bytes = number<std::uint64_t>();
        one.body = number<std::uint64_t>();
        one.missing = number<std::uint64_t>();
        one.effect = number<std::uint64_t>();
        one.instance = number<std::uint32_t>();
        one.error = coin() ? number<std::int32_t>() : -number<std::int32_t>();
        one.status = number<std::int16_t>();
        one.result = all_outcomes()[below(outcome_count)];
        one.at_signal = all_cells()[below(cell_count)];
        one.request_taken = static_cast<taken>(below(3));
        one.close_announced = coin();
        return one;
    }

    connection_end one_end(name_pool& names) {
        connection_end one;
        one.lane = names.intern(text());
        one.connection = number<std::uint32_t>();
        one.requests = number<std::uint32_t>();
        one.opened_ns = moment();
        one.end_ns = moment();
        one.how = static_cast<quiet_end>(below(4));
        one.at_signal = all_cells()[below(cell_count)];
        return one;
    }

    generator_health generator() {
        generator_health made;
        made.processor_share = std::uniform_real_distribution<>(0, 1)(source_);
        made.late_p50_ns = moment();
        made.late_p99_ns = moment();
        made.late_max_ns = moment();
        made.sees_packets = coin();
        made.troubles = some([this] { return text(); });
        return made;
    }

    effect_ledger ledger() {
        const auto any = [this] { return number<std::uint64_t>(); };
        return {any(), any(), any(), some(any), some(any), text()};
    }

    trial_record trial(name_pool& names) {
        trial_record made;
        made.number = number<std::uint32_t>();
        made.sweep_offset_ns = coin() ? moment() : -moment();
        for (std::size_t i = 0; i < mark_count; ++i) {
            made.marks.set(static_cast<mark>(i), moment());
        }
        made.exit = {coin(), number<int>(), static_cast<int>(below(65)), coin(),
                     coin(), moment(),      number<std::int64_t>()};
        made.exchanges = some([&] { return one_exchange(names); });
        made.connections = some([&] { return one_end(names); });
        made.samples = some([this] {
            return sample{moment(), number<std::int32_t>(), number<std::int32_t>(),
                          coin() ? -1 : number<std::int32_t>(),
                          static_cast<std::int8_t>(static_cast<int>(below(3)) - 1)};
        });
        for (auto& one : made.in_cell) {
            one = number<std::uint32_t>();
        }
        made.leftovers = some([this] {
            return leftover{static_cast<leftover::kind>(below(5)), text()};
        });
        made.explanations = some([this] {
            return explanation{moment(), number<int>(), text(), below(2) == 0 ? "L14" : "",
                               text(),   text()};
        });
        made.notes = some([this] { return text(); });
        made.problem = text();
        if (coin()) {
            made.effects = ledger();
        }
        made.generator = generator();
        made.is_interrupted = coin();
        return made;
    }

    std::mt19937_64 source_;
};

}  // namespace lastcall::drill

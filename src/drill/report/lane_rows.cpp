#include "drill/report/lane_rows.hpp"

#include <algorithm>
#include <functional>
#include <queue>
#include <tuple>
#include <unordered_map>

namespace lastcall::drill {
namespace {

struct strand {
    row_life life;
    std::vector<row_bar> bars;
};

// Everything of one connection. Its first strand has the line of the connection.
struct connection_strands {
    row_life life;
    std::vector<row_bar> bars;
};

struct lane_strands {
    std::string_view lane;
    std::vector<connection_strands> connections;
    std::unordered_map<std::uint32_t, std::size_t> places;
};

bool is_bad(ruling how) noexcept { return how == ruling::lost || how == ruling::ambiguous; }

std::int64_t begin_of(const exchange& one) noexcept {
    for (const auto at : {one.sent_ns, one.intended_ns, one.opened_ns}) {
        if (at != 0) {
            return at;
        }
    }
    return one.end_ns;
}

class gatherer {
public:
    connection_strands& at(std::string_view lane, std::uint32_t connection) {
        auto found = std::ranges::find(lanes_, lane, &lane_strands::lane);
        if (found == lanes_.end()) {
            found = lanes_.insert(found, {lane, {}, {}});
        }
        const auto [place, is_new] = found->places.try_emplace(connection, found->places.size());
        if (is_new) {
            found->connections.emplace_back();
            found->connections.back().life.connection = connection;
        }
        return found->connections[place->second];
    }

    std::vector<lane_strands>& lanes() noexcept { return lanes_; }

private:
    std::vector<lane_strands> lanes_;
};

void stretch(row_life& life, std::int64_t begin, std::int64_t end) {
    life.begin_ns = life.begin_ns == 0 ? begin : std::min(life.begin_ns, begin);
    life.end_ns = std::max(life.end_ns, end);
}

// Requests that overlap on one connection (HTTP/2) go to strands of their own; the session
// of a WebSocket is what its messages lie on, and overlaps with nothing.
std::vector<strand> split(connection_strands& from) {
    std::ranges::sort(from.bars, {}, [](const row_bar& one) {
        return std::tuple(one.begin_ns, one.end_ns, one.what->nth);
    });
    std::vector<strand> made(1);
    std::vector<std::int64_t> free_at(1, 0);
    made[0].life = from.life;
    for (const auto& bar : from.bars) {
        std::size_t slot = 0;
        if (bar.what->status != 101) {
            while (slot < free_at.size() && free_at[slot] > bar.begin_ns) {
                ++slot;
            }
            if (slot == free_at.size()) {
                free_at.push_back(0);
                made.emplace_back();
                made.back().life.connection = from.life.connection;
            }
            free_at[slot] = bar.end_ns;
        }
        made[slot].bars.push_back(bar);
        stretch(made[slot].life, bar.begin_ns, bar.end_ns);
    }
    return made;
}

// Each strand goes to the row that is free longest.
std::vector<lane_row> packed(std::vector<strand> strands) {
    std::ranges::stable_sort(strands, {}, [](const strand& one) { return one.life.begin_ns; });
    using slot = std::pair<std::int64_t, std::size_t>;
    std::priority_queue<slot, std::vector<slot>, std::greater<>> free_rows;
    std::vector<lane_row> rows;
    for (auto& one : strands) {
        std::size_t row = rows.size();
        if (!free_rows.empty() && free_rows.top().first <= one.life.begin_ns) {
            row = free_rows.top().second;
            free_rows.pop();
        } else {
            rows.emplace_back();
        }
        free_rows.emplace(one.life.end_ns, row);
        rows[row].lives.push_back(one.life);
        for (const auto& bar : one.bars) {
            rows[row].bars.push_back(bar);
            rows[row].bad += is_bad(bar.how) ? 1U : 0U;
        }
    }
    return rows;
}

// `count` of `from`, evenly spread.
std::vector<std::size_t> evenly(const std::vector<std::size_t>& from, std::size_t count) {
    if (from.size() <= count) {
        return from;
    }
    std::vector<std::size_t> made;
    for (std::size_t i = 0; i < count; ++i) {
        made.push_back(from[i * from.size() / count]);
    }
    return made;
}

void choose(lane_rows& lane, std::size_t most) {
    lane.rows_in_all = lane.rows.size();
    if (lane.rows.size() <= most) {
        return;
    }
    std::vector<std::size_t> bad;
    std::vector<std::size_t> good;
    for (std::size_t i = 0; i < lane.rows.size(); ++i) {
        (lane.rows[i].bad != 0 ? bad : good).push_back(i);
        lane.bad_hidden += lane.rows[i].bad;
    }
    auto chosen = evenly(bad, most);
    const auto more = evenly(good, most - chosen.size());
    chosen.insert(chosen.end(), more.begin(), more.end());
    std::ranges::sort(chosen);
    std::vector<lane_row> kept;
    for (const auto i : chosen) {
        lane.bad_hidden -= lane.rows[i].bad;
        kept.push_back(std::move(lane.rows[i]));
    }
    lane.rows = std::move(kept);
}

}  // namespace

std::vector<lane_rows> rows_of(const trial_record& trial, const expectations& expected,
                               std::int64_t begin_ns, std::size_t most) {
    gatherer gathered;
    const judge_of_exchanges judge(trial, expected);
    for (const auto& one : trial.exchanges) {
        if (one.end_ns >= begin_ns) {
            auto& place = gathered.at(one.lane, one.connection);
            place.bars.push_back({begin_of(one), one.end_ns, judge.of(one), &one});
            stretch(place.life, one.opened_ns != 0 ? one.opened_ns : begin_of(one), one.end_ns);
        }
    }
    for (const auto& one : trial.connections) {
        if (one.end_ns >= begin_ns) {
            auto& life = gathered.at(one.lane, one.connection).life;
            stretch(life, one.opened_ns, one.end_ns);
        }
    }
    std::vector<lane_rows> made;
    for (auto& lane : gathered.lanes()) {
        lane_rows rows;
        rows.lane = lane.lane;
        rows.connections = lane.connections.size();
        std::vector<strand> strands;
        for (auto& one : lane.connections) {
            for (auto& part : split(one)) {
                strands.push_back(std::move(part));
            }
        }
        rows.rows = packed(std::move(strands));
        for (const auto& row : rows.rows) {
            for (const auto& bar : row.bars) {
                rows.lost += bar.how == ruling::lost ? 1U : 0U;
            }
        }
        choose(rows, most);
        made.push_back(std::move(rows));
    }
    return made;
}

}  // namespace lastcall::drill

#include "agent/journal/summary.hpp"

#include <algorithm>
#include <charconv>
#include <deque>
#include <map>
#include <utility>

#include "agent/journal/chain.hpp"
#include "agent/journal/row_text.hpp"

namespace lastcall::agent {

namespace {

using nlohmann::json;

/// Of each service and kind, the newest two rows are kept: what the agent looks up when it
/// goes on, or goes back, after years.
constexpr std::size_t kept_of_each = 2;

struct kept_row {
    std::int64_t number = 0;
    std::string body, hash;
};

class summary_maker {
public:
    void continue_from(const json& earlier) {
        first_hash_ = earlier.at("first_hash").get<std::string>();
        from_ = earlier.at("from_ns").get<std::int64_t>();
        kinds_ = earlier.at("kinds").get<std::map<std::string, std::int64_t>>();
        for (const auto& row : earlier.at("carried")) {
            keep(row.at("number").get<std::int64_t>(), row.at("body").get<std::string>(),
                 row.at("hash").get<std::string>());
        }
    }

    void add(std::int64_t number, std::string_view body, std::string_view hash) {
        const auto at = raw_field(body, "at_ns");
        std::from_chars(at.data(), at.data() + at.size(), until_);
        if (first_hash_.empty()) {
            first_hash_ = hash;
            from_ = until_;
        }
        last_hash_ = hash;
        ++kinds_[json::parse(raw_field(body, "kind")).get<std::string>()];
        keep(number, std::string(body), std::string(hash));
    }

    json fields(std::int64_t last, std::size_t most) const {
        return {{"first", 1},
                {"last", last},
                {"from_ns", from_},
                {"until_ns", until_},
                {"first_hash", first_hash_},
                {"last_hash", last_hash_},
                {"kinds", kinds_},
                {"carried", carried(most)}};
    }

private:
    void keep(std::int64_t number, std::string body, std::string hash) {
        const auto kind = raw_field(body, "kind");
        if (kind == "\"summary\"") {
            return;  // its content is in this one
        }
        auto& rows = kept_[{std::string(raw_field(body, "service")), std::string(kind)}];
        rows.push_back({number, std::move(body), std::move(hash)});
        if (rows.size() > kept_of_each) {
            rows.pop_front();
        }
    }

    /// The newest that fit, in the order of their numbers.
    [[nodiscard]] json carried(std::size_t most) const {
        std::vector<const kept_row*> newest;
        for (const auto& [what, rows] : kept_) {
            for (const auto& row : rows) {
                newest.push_back(&row);
            }
        }
        std::sort(newest.begin(), newest.end(),
                  [](const auto* a, const auto* b) { return a->number > b->number; });
        std::size_t size = 0;
        std::vector<json> rows;
        for (const auto* row : newest) {
            // As a string inside of JSON it is longer: each quote has a backslash.
            size += 2 * row->body.size();
            if (size > most) {
                break;
            }
            rows.push_back({{"number", row->number}, {"body", row->body}, {"hash", row->hash}});
        }
        std::reverse(rows.begin(), rows.end());
        return rows;
    }

    std::string first_hash_, last_hash_;
    std::int64_t from_ = 0, until_ = 0;
    std::map<std::string, std::int64_t> kinds_;
    std::map<std::pair<std::string, std::string>, std::deque<kept_row>> kept_;
};

}  // namespace

json summarise(database& db, std::int64_t last, std::size_t most_carried) {
    summary_maker maker;
    if (const auto earlier = newest_summary(db); earlier.row != 0) {
        statement one(db, "select body from row where number = ?");
        one.bind(1, earlier.row);
        one.step();
        maker.continue_from(row_from(one.text(0), {}).fields);
    }
    statement all(db, "select number, body, hash from row where number <= ? order by number");
    all.bind(1, last);
    chain walk;
    while (all.step()) {
        if (const auto problem = walk.follow({all.number(0), all.text(1), all.text(2)})) {
            throw damage(db.file(), problem.what);
        }
        maker.add(all.number(0), all.text(1), all.text(2));
    }
    return maker.fields(last, most_carried);
}

}  // namespace lastcall::agent

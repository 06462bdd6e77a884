#include "agent/journal/chain.hpp"

#include <algorithm>

#include "agent/journal/row_text.hpp"

namespace lastcall::agent {

namespace {

/// The hash that a body names as the one before; empty when it does not begin as it must.
std::string_view previous_in(const stored_row& row) {
    const auto before = "{\"number\":" + std::to_string(row.number) + ",\"previous\":\"";
    const bool fits = row.body.size() > before.size() + 66 &&
                      row.body.substr(0, before.size()) == before &&
                      row.body.substr(before.size() + 64, 2) == "\",";
    return fits ? row.body.substr(before.size(), 64) : std::string_view{};
}

std::string name(std::int64_t number) { return "row " + std::to_string(number); }

chain_problem missing(std::int64_t from, std::int64_t to) {
    return {from, from == to ? name(from) + " is missing"
                             : "rows " + std::to_string(from) + " to " + std::to_string(to) +
                                   " are missing"};
}

/// What the rows before the first one were: none, or summarised.
chain_problem judge_beginning(const chain& walk, const summary_span& summary) {
    const auto before = walk.number() - 1;
    if (before < 0) {
        return {walk.number(), name(walk.number()) + " is there: the first row is row 1"};
    }
    if (summary.row != 0 && summary.last == 0) {
        return {summary.row, name(summary.row) + " is named as the newest summary, and is none"};
    }
    if (before == 0) {
        if (summary.row != 0) {
            return {1, "row 1 is there, though it was summarised in " + name(summary.row)};
        }
        return walk.previous() == no_hash()
                   ? chain_problem{}
                   : chain_problem{1,
                                   "row 1 continues another journal: rows before it are missing"};
    }
    if (summary.row == 0 || summary.last < before) {
        auto found = missing(summary.last + 1, before);
        found.what += ", and no summary tells of them";
        return found;
    }
    if (summary.last > before) {
        return {walk.number(), name(walk.number()) + " is there, though it was summarised in " +
                                   name(summary.row)};
    }
    return walk.previous() == summary.last_hash
               ? chain_problem{}
               : chain_problem{walk.number(), name(walk.number()) +
                                                  " does not continue the rows "
                                                  "that were summarised in " +
                                                  name(summary.row)};
}

}  // namespace

chain_problem chain::follow(const stored_row& row) {
    const auto previous = previous_in(row);
    if (previous.empty()) {
        const auto inside = row.body.substr(0, row.body.find(','));
        return {row.number, name(row.number) + " holds what was written as another row: " +
                                std::string(inside.substr(0, 40))};
    }
    if (hash_of(row.body) != row.hash) {
        return {row.number, name(row.number) + " was changed: its content does not have its hash"};
    }
    if (number_ != 0) {
        const bool is_up = row.number > number_;
        const auto low = std::min(row.number, number_), high = std::max(row.number, number_);
        if (high - low != 1) {
            return missing(low + 1, high - 1);
        }
        if (is_up ? previous != hash_ : row.hash != previous_) {
            return {low, name(low) + " is not the one that " + name(high) +
                             " was written after: one of them was replaced"};
        }
    }
    number_ = row.number;
    hash_ = row.hash;
    previous_ = previous;
    return {};
}

summary_span newest_summary(const database& db) {
    statement one(db,
                  "select summary, body from anchor left join row on number = summary "
                  "where summary <> 0");
    if (!one.step()) {
        return {};
    }
    if (raw_field(one.text(1), "kind") != "\"summary\"") {
        return {one.number(0), 0, {}};
    }
    const auto row = row_from(one.text(1), {});
    return {row.number, row.fields.at("last").get<std::int64_t>(),
            row.fields.at("last_hash").get<std::string>()};
}

chain_look look_at(const database& db, std::int64_t head_number) {
    chain_look seen;
    chain walk;
    try {
        seen.summary = newest_summary(db);
        statement all(db, "select number, body, hash from row order by number");
        while (all.step()) {
            seen.problem = walk.follow({all.number(0), all.text(1), all.text(2)});
            if (!seen.problem && seen.first == 0) {
                seen.problem = judge_beginning(walk, seen.summary);
            }
            if (seen.problem) {
                return seen;
            }
            seen.first = seen.first == 0 ? walk.number() : seen.first;
            seen.last = walk.number();
            if (seen.last == head_number) {
                seen.head_row_hash = walk.hash();
            }
        }
        seen.hash = walk.hash();
    } catch (const nlohmann::json::exception&) {
        seen.problem = {std::max<std::int64_t>(seen.summary.row, 1),
                        "the newest summary cannot be read"};
    } catch (const journal_error& e) {
        if (e.why() != journal_error::kind::damaged) {
            throw;
        }
        seen.problem = {seen.last + 1,
                        "from row " + std::to_string(seen.last + 1) +
                            " on the database cannot be read: " + ::sqlite3_errmsg(db.handle())};
    }
    return seen;
}

}  // namespace lastcall::agent

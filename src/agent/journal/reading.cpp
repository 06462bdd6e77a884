#include "agent/journal/reading.hpp"

#include <algorithm>

#include "agent/journal/chain.hpp"
#include "agent/journal/row_text.hpp"
#include "agent/journal/schema.hpp"
#include "sys/locked_file.hpp"

namespace lastcall::agent {

namespace {

using kind = journal_error::kind;

/// The query as it can be asked of a row's text, before its JSON is read.
class filter {
public:
    explicit filter(const journal_query& query) : query_(query) {
        if (!query.service.empty()) {
            service_ = json_text(query.service);
        }
        for (const auto& one : query.kinds) {
            kinds_.push_back(json_text(one));
        }
    }

    [[nodiscard]] bool takes(std::string_view body) const {
        if (!service_.empty() && raw_field(body, "service") != service_) {
            return false;
        }
        if (query_.deploy != 0 && raw_field(body, "deploy") != std::to_string(query_.deploy)) {
            return false;
        }
        return kinds_.empty() ||
               std::find(kinds_.begin(), kinds_.end(), raw_field(body, "kind")) != kinds_.end();
    }

private:
    const journal_query& query_;
    std::string service_;
    std::vector<std::string> kinds_;
};

class reader {
public:
    reader(database& db, const journal_query& query) : db_(db), query_(query), filter_(query) {}

    std::vector<journal_row> read() {
        const transaction look(db_, "begin");
        if (query_.newest_first) {
            read_table("select number, body, hash from row where number > ? order by number desc");
            read_carried();
        } else {
            read_carried();
            read_table("select number, body, hash from row where number > ? order by number");
        }
        return std::move(rows_);
    }

private:
    [[nodiscard]] bool is_full() const { return rows_.size() >= query_.most; }

    void read_table(const char* sql) {
        statement all(db_, sql);
        all.bind(1, query_.after);
        chain walk;
        while (!is_full() && all.step()) {
            const stored_row row{all.number(0), all.text(1), all.text(2)};
            if (const auto problem = walk.follow(row)) {
                throw damage(db_.file(), problem.what);
            }
            take(row.body, row.hash);
        }
    }

    /// Rows that were summarised, of which the summary has kept the text.
    void read_carried() {
        if (is_full() || query_.after >= db_.number("select min(number) from row") - 1) {
            return;
        }
        statement one(db_, "select body from row where number = (select summary from anchor)");
        if (!one.step()) {
            return;
        }
        auto carried = row_from(one.text(0), {}).fields.value("carried", nlohmann::json::array());
        if (query_.newest_first) {
            std::reverse(carried.begin(), carried.end());
        }
        for (const auto& row : carried) {
            const auto body = row.at("body").get<std::string>();
            const auto hash = row.at("hash").get<std::string>();
            if (hash_of(body) != hash) {
                throw damage(db_.file(), "a row that a summary has kept does not have its hash");
            }
            if (!is_full() && row.at("number").get<std::int64_t>() > query_.after) {
                take(body, hash);
            }
        }
    }

    void take(std::string_view body, std::string_view hash) {
        if (filter_.takes(body)) {
            rows_.push_back(row_from(body, std::string(hash)));
        }
    }

    database& db_;
    const journal_query& query_;
    filter filter_;
    std::vector<journal_row> rows_;
};

opened_journal open_once(const std::string& file) {
    auto last = head_file::open_to_read(file);
    auto how = database::mode::read_beside_writer;
    if (!last.is_there() || last.keep_writers_out()) {
        how = sys::file_size(file + "-wal") == 0 ? database::mode::read_finished
                                                 : database::mode::read_alone;
    }
    opened_journal opened{std::move(last), database(file, how)};
    require_known_version(opened.db);
    return opened;
}

}  // namespace

std::vector<journal_row> read_rows(database& db, const journal_query& query) {
    try {
        return reader(db, query).read();
    } catch (const nlohmann::json::exception& e) {
        throw damage(db.file(), std::string("a row is no row: ") + e.what());
    }
}

opened_journal open_to_look(const std::string& file) {
    if (sys::file_size(file) == 0) {
        throw journal_error(kind::unusable, file + ": there is no journal here, or it is empty");
    }
    try {
        return open_once(file);
    } catch (const journal_error& e) {
        if (e.why() != kind::unusable && e.why() != kind::busy) {
            throw;
        }
        return open_once(file);  // the writer may have begun or ended in between
    }
}

void require_known_version(database& db) {
    if (db.number("pragma application_id") != schema::application) {
        throw journal_error(kind::unusable, db.file() + " is no journal of lastcall");
    }
    if (const auto version = db.number("pragma user_version"); version != schema::version) {
        throw journal_error(
            kind::newer, db.file() + " was made by another version of lastcall (journal format " +
                             std::to_string(version) + ", this one knows " +
                             std::to_string(schema::version) +
                             "): use that version, or move "
                             "the journal away");
    }
}

}  // namespace lastcall::agent

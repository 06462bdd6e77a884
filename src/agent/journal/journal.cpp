#include "agent/journal/journal.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "agent/journal/chain.hpp"
#include "agent/journal/head_file.hpp"
#include "agent/journal/judge.hpp"
#include "agent/journal/reading.hpp"
#include "agent/journal/row_text.hpp"
#include "agent/journal/schema.hpp"
#include "agent/journal/summary.hpp"
#include "agent/journal/wal_tail.hpp"
#include "sys/clock.hpp"
#include "sys/error_text.hpp"
#include "sys/host.hpp"
#include "sys/locked_file.hpp"
#include "sys/process/child_end.hpp"

namespace lastcall::agent {

namespace {

using kind = journal_error::kind;

/// Written into the file, once.
constexpr const char* file_settings = R"(
pragma auto_vacuum = incremental;
pragma journal_mode = wal;
)";

/// Of the connection. A log of 256 pages, 1 MiB, is moved into the database.
constexpr const char* settings = R"(
pragma synchronous = full;
pragma wal_autocheckpoint = 256;
pragma journal_size_limit = 1048576;
)";

/// After a summary that could not be made (disk full), so many rows go by before the next try.
constexpr std::int64_t rows_before_retry = 64;
constexpr std::int64_t least_rows_to_summarise = 16;
/// A row has 1 MiB at most, a summary with what it carries too.
constexpr std::uint64_t most_carried = 400U << 10U;

/// The database file, private to its owner, before SQLite would make it for everybody to read.
database make_and_open(const std::string& file, const std::optional<head>& last) {
    const bool is_empty = sys::file_size(file) == 0;
    if (is_empty && last && last->number > 0) {
        throw damage(file, "it is empty or not there, but " + head_path(file) + " names row " +
                               std::to_string(last->number));
    }
    if (is_empty) {
        try {
            (void)sys::locked_file::open_or_make(file);
        } catch (const std::system_error& e) {
            throw journal_error(kind::unusable, e.what());
        }
    }
    return {file, database::mode::write};
}

}  // namespace

class journal::impl {
public:
    explicit impl(options how)
        : how_(std::move(how)),
          head_file_(head_file::open_to_write(how_.file)),
          known_(head_file_.read()),
          db_(make_and_open(how_.file, known_)),
          boot_(sys::boot_id()) {
        db_.run(settings);
        if (db_.number("select count(*) from sqlite_schema") == 0) {
            make_tables();
        } else {
            require_known_version(db_);
            look_for_torn_tail();
        }
        require_whole();
        has_free_pages_ = db_.number("pragma freelist_count") > 0;
        insert_.emplace(db_, "insert into row(number, body, hash) values(?, ?, ?)");
        reader_.emplace(how_.file, database::mode::read_beside_writer);
    }

    journal_row append(journal_row row) {
        const std::lock_guard lock(writing_);
        auto written = write(std::move(row));
        tell(written);
        if (last_.number >= next_summary_ && used() > how_.limit) {
            shrink();
        }
        give_back_pages();
        return written;
    }

    std::vector<journal_row> read(const journal_query& query) {
        const std::lock_guard lock(reading_);
        return read_rows(*reader_, query);
    }

    [[nodiscard]] std::int64_t last_number() const noexcept { return last_number_; }
    [[nodiscard]] const std::string& repaired() const noexcept { return repaired_; }

    void on_append(std::function<void(const journal_row&)> listener) {
        const std::lock_guard lock(writing_);
        listener_ = std::move(listener);
    }

private:
    void make_tables() {
        if (known_ && known_->number > 0) {
            throw damage(how_.file, "it has no rows, but " + head_path(how_.file) + " names row " +
                                        std::to_string(known_->number));
        }
        db_.run(file_settings);
        transaction make(db_, "begin immediate");
        db_.run(schema::tables);
        make.commit();
    }

    void look_for_torn_tail() {
        int frames = 0;
        if (::sqlite3_wal_checkpoint_v2(db_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames,
                                        nullptr) != SQLITE_OK) {
            db_.fail("cannot move the write-ahead log into the database");
        }
        if (frames >= 0 && has_torn_tail(how_.file + "-wal", frames)) {
            note_repair("what an append that had not returned had written was cut off");
        }
    }

    void note_repair(const std::string& what) {
        repaired_ += (repaired_.empty() ? "" : "; ") + what;
    }

    void require_whole() {
        const auto seen = look_at(db_, known_ ? known_->number : 0);
        const auto check = judge(seen, known_, known_);
        if (!check.is_whole) {
            throw damage(how_.file, check.problem);
        }
        last_ = {seen.last, seen.last == 0 ? no_hash() : seen.hash};
        last_number_ = seen.last;
        if (!known_ && seen.last > 0) {
            note_repair(head_path(how_.file) +
                        " was not there or not whole and was made anew: rows "
                        "missing at the end would not have been noticed");
        } else if (known_ && seen.last > known_->number) {
            note_repair("row " + std::to_string(seen.last) +
                        " was written, but its append had not returned");
        }
        head_is_behind_ = !known_ || known_->number != seen.last;
        catch_up_head();
    }

    /// Errors: journal_error.
    void catch_up_head() {
        if (!head_is_behind_) {
            return;
        }
        if (const int error = head_file_.write(last_); error != 0) {
            constexpr int no_space = 28;  // ENOSPC
            throw journal_error(
                error == no_space ? kind::full : kind::unusable,
                head_path(how_.file) + " cannot be written: " + sys::error_text(error));
        }
        head_is_behind_ = false;
    }

    journal_row complete(journal_row row) const {
        row.number = last_.number + 1;
        row.at = sys::wall_clock();
        row.since_boot = sys::boottime_now();
        row.boot = boot_;
        return row;
    }

    void insert(std::int64_t number, const std::string& body, const std::string& hash) {
        insert_->bind(1, number).bind(2, std::string_view(body)).bind(3, std::string_view(hash));
        insert_->step();
        insert_->done();
    }

    journal_row write(journal_row row) {
        catch_up_head();
        row = complete(std::move(row));
        const auto body = body_of(row, last_.hash);
        const auto hash = hash_of(body);
        auto written = row_from(body, hash);
        insert(row.number, body, hash);
        went_on({row.number, hash});
        return written;
    }

    /// The row is durable. The head may be one behind: should it not be writable, the next
    /// append tries again first, and fails if it must.
    void went_on(head last) noexcept {
        last_ = std::move(last);
        last_number_ = last_.number;
        head_is_behind_ = head_file_.write(last_) != 0;
    }

    void tell(const journal_row& row) const {
        if (listener_) {
            listener_(row);
        }
    }

    [[nodiscard]] std::uint64_t used() {
        const auto pages = db_.number("pragma page_count") - db_.number("pragma freelist_count");
        return static_cast<std::uint64_t>(pages) *
               static_cast<std::uint64_t>(db_.number("pragma page_size"));
    }

    /// Puts a summary in the place of the oldest half. The append before it has succeeded: what
    /// goes wrong here is tried again later.
    void shrink() {
        next_summary_ = last_.number + rows_before_retry;
        try {
            catch_up_head();
            const auto first = db_.number("select min(number) from row");
            const auto middle = (first + last_.number) / 2;
            if (last_.number - first < least_rows_to_summarise) {
                return;
            }
            journal_row row;
            row.kind = "summary";
            transaction change(db_, "begin immediate");
            row.fields = summarise(db_, middle, std::min(how_.limit / 8, most_carried));
            row = complete(std::move(row));
            const auto body = body_of(row, last_.hash);
            row = row_from(body, hash_of(body));
            insert(row.number, body, row.hash);
            db_.run(("delete from row where number <= " + std::to_string(middle)).c_str());
            db_.run(("update anchor set summary = " + std::to_string(row.number)).c_str());
            change.commit();
            went_on({row.number, row.hash});
            tell(row);
            next_summary_ = 0;
            has_free_pages_ = true;
        } catch (const journal_error&) {
            insert_->done();
        } catch (const nlohmann::json::exception&) {
            insert_->done();
        }
    }

    /// Moving pages from the end of the file takes long for a large one: a few with each append.
    void give_back_pages() {
        if (!has_free_pages_) {
            return;
        }
        try {
            db_.run("pragma incremental_vacuum(64)");
            has_free_pages_ = db_.number("pragma freelist_count") > 0;
        } catch (const journal_error&) {
            has_free_pages_ = false;  // no room to make room: at the next summary
        }
    }

    options how_;
    head_file head_file_;
    std::optional<head> known_;  ///< the head as it was found
    database db_;
    std::string boot_;
    std::string repaired_;

    std::mutex writing_;  ///< guards what is below, to listener_
    std::optional<statement> insert_;
    head last_;
    bool head_is_behind_ = false;
    std::int64_t next_summary_ = 0;
    bool has_free_pages_ = false;
    std::function<void(const journal_row&)> listener_;
    std::atomic<std::int64_t> last_number_{0};

    std::mutex reading_;  ///< guards reader_; a read never waits for the disk of an append
    std::optional<database> reader_;
};

journal::journal(options how) : impl_(std::make_unique<impl>(std::move(how))) {}
journal::~journal() = default;

journal_row journal::append(journal_row row) { return impl_->append(std::move(row)); }

std::vector<journal_row> journal::read(const journal_query& query) const {
    return impl_->read(query);
}

std::int64_t journal::last_number() const noexcept { return impl_->last_number(); }
const std::string& journal::repaired() const noexcept { return impl_->repaired(); }

void journal::on_append(std::function<void(const journal_row&)> listener) {
    impl_->on_append(std::move(listener));
}

}  // namespace lastcall::agent

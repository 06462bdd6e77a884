#include <sqlite3.h>

#include <memory>
#include <stdexcept>

#include "ledger.hpp"

namespace stop_demo {
namespace {

class sqlite_file final : public database {
public:
    explicit sqlite_file(const std::string& file) : file_(file) {
        // Not read-only: a file that was left with a -wal has to be recovered to be read.
        sqlite3* opened = nullptr;
        const int status = sqlite3_open_v2(file.c_str(), &opened,
                                           SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
        handle_.reset(opened);
        if (status != SQLITE_OK) {
            fail();
        }
        sqlite3_busy_timeout(opened, 5000);
    }

    std::vector<std::string> column(const std::string& sql) override {
        sqlite3_stmt* made = nullptr;
        if (sqlite3_prepare_v2(handle_.get(), sql.c_str(), -1, &made, nullptr) != SQLITE_OK) {
            fail();
        }
        const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(made,
                                                                              sqlite3_finalize);
        std::vector<std::string> rows;
        for (;;) {
            const int status = sqlite3_step(made);
            if (status == SQLITE_DONE) {
                return rows;
            }
            if (status != SQLITE_ROW) {
                fail();
            }
            const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(made, 0));
            rows.emplace_back(text != nullptr ? text : "");
        }
    }

private:
    [[noreturn]] void fail() const {
        throw std::runtime_error("the database " + file_ + ": " + sqlite3_errmsg(handle_.get()));
    }

    std::string file_;
    std::unique_ptr<sqlite3, int (*)(sqlite3*)> handle_{nullptr, sqlite3_close};
};

}  // namespace

std::unique_ptr<database> open_sqlite(const std::string& file) {
    return std::make_unique<sqlite_file>(file);
}

}  // namespace stop_demo

#include <libpq-fe.h>

#include <memory>
#include <stdexcept>

#include "ledger.hpp"

namespace stop_demo {
namespace {

class postgres_connection final : public database {
public:
    explicit postgres_connection(const std::string& url)
        : handle_(PQconnectdb(url.c_str()), PQfinish) {
        if (PQstatus(handle_.get()) != CONNECTION_OK) {
            fail();
        }
    }

    std::vector<std::string> column(const std::string& sql) override {
        const std::unique_ptr<PGresult, void (*)(PGresult*)> result(
            PQexec(handle_.get(), sql.c_str()), PQclear);
        if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) {
            fail();
        }
        std::vector<std::string> rows;
        rows.reserve(static_cast<std::size_t>(PQntuples(result.get())));
        for (int row = 0; row < PQntuples(result.get()); ++row) {
            rows.emplace_back(PQgetvalue(result.get(), row, 0));
        }
        return rows;
    }

private:
    [[noreturn]] void fail() const {
        throw std::runtime_error(std::string("the database: ") + PQerrorMessage(handle_.get()));
    }

    std::unique_ptr<PGconn, void (*)(PGconn*)> handle_;
};

}  // namespace

std::unique_ptr<database> open_postgres(const std::string& url) {
    return std::make_unique<postgres_connection>(url);
}

}  // namespace stop_demo

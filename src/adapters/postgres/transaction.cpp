#include "adapters/postgres/store.hpp"

#include <charconv>
#include <utility>

namespace lastcall {

postgres_transaction::postgres_transaction(std::shared_ptr<detail::postgres_work> work) noexcept
    : work_(std::move(work)) {}

postgres_transaction& postgres_transaction::operator=(postgres_transaction&& other) noexcept {
    if (this != &other) {
        rollback();
        work_ = std::move(other.work_);
    }
    return *this;
}

postgres_transaction::~postgres_transaction() { rollback(); }

void postgres_transaction::script(const std::string& sql) { alive().connection().script(sql); }

void postgres_transaction::on_commit(std::function<void()> then) {
    alive().on_commit(std::move(then));
}

void postgres_transaction::commit() {
    (void)alive();
    const auto work = std::move(work_);
    work->commit();
}

void postgres_transaction::rollback() noexcept {
    if (work_) {
        std::exchange(work_, nullptr)->rollback();
    }
}

std::int64_t postgres_transaction::run(std::string_view sql,
                                       std::span<const postgres_param> params) {
    const auto result = alive().connection().run(sql, params);
    // Empty for statements that touch no rows.
    const std::string_view text = PQcmdTuples(result->get());
    std::int64_t rows = 0;
    std::from_chars(text.data(), text.data() + text.size(), rows);
    return rows;
}

postgres_rows postgres_transaction::open(std::string_view sql,
                                         std::span<const postgres_param> params) {
    return postgres_rows(alive().connection().run(sql, params));
}

detail::postgres_work& postgres_transaction::alive() const {
    if (!work_) {
        throw std::logic_error("postgres: no transaction: it was refused or has ended");
    }
    return *work_;
}

}  // namespace lastcall

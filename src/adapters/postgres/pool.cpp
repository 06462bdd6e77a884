#include "adapters/postgres/store.hpp"

namespace lastcall {

postgres_pool::postgres_pool(lifecycle& life, postgres_options options)
    : store_(std::make_shared<detail::postgres_store>(std::move(options), life.force_window())) {
    life.add(store_->describe());
}

postgres_pool::~postgres_pool() {
    try {
        store_->close();
    } catch (const std::exception&) {
        // After a start that failed there is no report to put it in; what is still in use
        // closes when its transaction ends.
    }
}

postgres_transaction postgres_pool::begin(label what) { return store_->begin(what); }

const gate& postgres_pool::transactions() const noexcept { return store_->transactions(); }

}  // namespace lastcall

#include "adapters/sqlite/store.hpp"

namespace lastcall {

sqlite_database::sqlite_database(lifecycle& life, sqlite_options options)
    : store_(std::make_shared<detail::sqlite_store>(std::move(options))),
      at_stop_(life.stopping(), [store = store_.get()] { store->prepare_close(); }) {
    life.add(store_->describe());
}

sqlite_database::~sqlite_database() {
    try {
        store_->close();
    } catch (const std::exception&) {
        // After a start that failed there is no report to put it in; the log that is left
        // is folded back by the next start.
    }
}

sqlite_transaction sqlite_database::begin(label what) {
    return store_->begin(detail::sqlite_connection::kind::writer, what);
}

sqlite_transaction sqlite_database::read(label what) {
    return store_->begin(detail::sqlite_connection::kind::reader, what);
}

const gate& sqlite_database::transactions() const noexcept { return store_->transactions(); }

}  // namespace lastcall

// A database file with a lifecycle around it, as the tests of this folder use it.
#pragma once

#include <filesystem>
#include <string>

#include <lastcall/sqlite.hpp>

#include "adapters_worker/temporary_folder.hpp"
#include "adapters_worker/waiting.hpp"

namespace lastcall::testing {

inline sqlite_options options_for(const std::string& file) {
    sqlite_options options;
    options.name = "db";
    options.file = file;
    options.synchronous = sqlite_synchronous::normal;
    return options;
}

inline void make_orders(sqlite_database& db) {
    sqlite_transaction in = db.begin("schema");
    in.script(
        "CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, item TEXT NOT NULL);"
        "CREATE TABLE IF NOT EXISTS effects (job TEXT PRIMARY KEY)");
    in.commit();
}

template <class... Params>
std::int64_t number_from(sqlite_database& db, std::string_view sql, const Params&... params) {
    sqlite_transaction in = db.read("count");
    sqlite_rows rows = in.query(sql, params...);
    return rows.next() ? rows.get<std::int64_t>(0) : -1;
}

struct sqlite_service {
    temporary_folder folder;
    std::string file = folder.file("orders.db");
    lifecycle life{quiet_service()};
    sqlite_database db{life, options_for(file)};
};

inline bool log_is_left(const std::string& file) {
    return std::filesystem::exists(file + "-wal") || std::filesystem::exists(file + "-shm");
}

}  // namespace lastcall::testing

// A folder with a journal in it, and what tests do to journals.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "agent/journal/journal.hpp"
#include "sys/private_directory.hpp"

namespace lastcall::agent::testing {

class folder {
public:
    [[nodiscard]] std::string file() const { return (made_.path() / "journal.db").string(); }
    [[nodiscard]] std::string wal() const { return file() + "-wal"; }
    [[nodiscard]] std::string head() const { return (made_.path() / "journal.head").string(); }
    [[nodiscard]] const std::filesystem::path& path() const { return made_.path(); }

    /// Names and sizes, in order: what a look must leave as it is.
    [[nodiscard]] std::vector<std::pair<std::string, std::uintmax_t>> listing() const {
        std::vector<std::pair<std::string, std::uintmax_t>> found;
        for (const auto& entry : std::filesystem::directory_iterator(made_.path())) {
            found.emplace_back(entry.path().filename().string(), entry.file_size());
        }
        std::sort(found.begin(), found.end());
        return found;
    }

private:
    sys::private_directory made_{"journal"};
};

inline std::string contents(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void put(const std::string& file, std::string_view bytes) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// The files of a journal as a crash of its writer leaves them, in another folder.
inline void copy_journal(const folder& from, const folder& to) {
    for (const auto* name : {"journal.db", "journal.db-wal", "journal.head"}) {
        std::filesystem::remove(to.path() / name);
        if (std::filesystem::exists(from.path() / name)) {
            std::filesystem::copy_file(from.path() / name, to.path() / name);
        }
    }
    std::filesystem::remove(to.path() / "journal.db-shm");
}

/// What somebody does to a journal by sqlite3(1).
inline void tamper(const std::string& file, const std::string& sql) {
    sqlite3* db = nullptr;
    char* why = nullptr;
    std::string error;
    if (::sqlite3_open(file.c_str(), &db) != SQLITE_OK ||
        ::sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &why) != SQLITE_OK) {
        error = why == nullptr ? ::sqlite3_errmsg(db) : why;
    }
    ::sqlite3_free(why);
    ::sqlite3_close(db);
    if (!error.empty()) {
        throw std::runtime_error(sql + ": " + error);
    }
}

inline journal_row row(const std::string& kind, const std::string& service = {},
                       nlohmann::json fields = nlohmann::json::object()) {
    journal_row made;
    made.kind = kind;
    made.service = service;
    made.fields = std::move(fields);
    return made;
}

/// `count` rows of some kinds and two services.
inline void fill(journal& j, int count) {
    static const char* const kinds[] = {"deploy_state", "generation_started", "generation_exited",
                                        "probe_changed"};
    for (int i = 0; i < count; ++i) {
        j.append(row(kinds[i % 4], i % 3 == 0 ? "web" : "api",
                     {{"text", std::string(static_cast<std::size_t>(100 + i % 200), 'x')}}));
    }
}

}  // namespace lastcall::agent::testing

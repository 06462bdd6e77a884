// What was asked for, by whom, what was done, and how it ended: rows that are only ever
// appended, each with the hash of the one before it, in one SQLite file.
//
// A row is durable when `append` returns: it has been synced. Old rows are summarised when the
// file grows beyond its limit; the chain can be verified all the same. docs/journal.md is the
// contract: the kinds of rows, their fields, the files, how to verify them by hand.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace lastcall::agent {

/// Who asked for something.
struct actor {
    enum class kind : std::uint8_t { system, user, token, signal } how = kind::system;
    std::string name = "lastcall";       ///< "alice", a token's name, "SIGTERM", "lastcall"
    std::optional<std::uint32_t> uid{};  ///< SO_PEERCRED
    std::optional<int> pid{};
    [[nodiscard]] std::string text() const;  ///< "alice (uid 1000)", "token ci", "lastcall"
};

/// What kinds of rows there are; docs/journal.md says which fields each has.
///   agent_started agent_stopped keeper_started config_applied config_refused
///   deploy_asked deploy_intent deploy_state approval rejection
///   generation_started generation_ready generation_exited generation_adopted
///   stop_asked stop_report restart_planned crash_loop steered probe_changed summary
struct journal_row {
    std::int64_t number = 0;                 ///< from 1, without gaps
    std::chrono::nanoseconds at{0};          ///< since 1970
    std::chrono::nanoseconds since_boot{0};  ///< CLOCK_BOOTTIME
    std::string boot{};                      ///< boot_id(5)
    std::string kind{};
    std::string service{};        ///< empty: of the agent itself
    std::int64_t generation = 0;  ///< 0: of none
    std::int64_t deploy = 0;      ///< 0: of none
    actor who{};
    nlohmann::json fields = nlohmann::json::object();
    std::string hash{};  ///< SHA-256 in hex, over all of it and the hash before
};

/// What can be wrong with a journal; the text says what to do.
class journal_error : public std::runtime_error {
public:
    enum class kind : std::uint8_t {
        damaged,   ///< rows are missing or are not what was written
        full,      ///< no space, a quota or a limit: it works again once there is room
        busy,      ///< another process writes it
        newer,     ///< a later version of lastcall has made it
        unusable,  ///< no right to write it, or the disk fails
        refused,   ///< this row cannot be a row: too large, nested too deeply
    };
    journal_error(kind why, const std::string& message) : std::runtime_error(message), why_(why) {}
    [[nodiscard]] kind why() const noexcept { return why_; }

private:
    kind why_;
};

/// What `verify` has found.
struct journal_check {
    bool is_whole = false;
    std::int64_t rows = 0;        ///< verified one by one
    std::int64_t summarised = 0;  ///< covered by summaries
    std::int64_t first_bad = 0;   ///< 0: none
    std::string problem;          ///< what is wrong with that row, in words
    std::string head;             ///< the hash of the last row
    std::string note;             ///< what could not be looked at, or is worth a word
};

struct journal_query {
    std::string service{};             ///< empty: all
    std::vector<std::string> kinds{};  ///< empty: all
    std::int64_t deploy = 0;           ///< 0: all
    std::int64_t after = 0;            ///< rows with a greater number
    std::size_t most = 1000;
    bool newest_first = false;  ///< `most` counts from the newest then
};

class journal {
public:
    struct options {
        std::string file;
        std::uint64_t limit = 64U << 20U;  ///< bytes; beyond, the oldest rows are summarised
    };

    /// Opens or makes it (mode 0600), and verifies all of it. What was left of an append that
    /// had not returned (power loss) is gone; that is told by `repaired`.
    /// Errors: journal_error: damaged, of a newer version, not to be written; what to do.
    explicit journal(options how);
    ~journal();
    journal(const journal&) = delete;
    journal& operator=(const journal&) = delete;

    /// Appends one row and syncs it. `number`, times, boot and hash are filled in; bytes that
    /// are no UTF-8 become U+FFFD.
    /// Returns: the row as it was written.
    /// Errors: journal_error (disk full, damaged). Nothing was appended then.
    /// Threads: any.
    journal_row append(journal_row row);

    /// Reads rows, and verifies each that it reads. Of summarised ones, the last two of each
    /// kind and service are still there.
    /// Errors: journal_error (damaged). Threads: any; never waits for `append`.
    [[nodiscard]] std::vector<journal_row> read(const journal_query& query) const;
    [[nodiscard]] std::int64_t last_number() const noexcept;
    /// What was left unfinished by the process before, in words. Empty: nothing.
    [[nodiscard]] const std::string& repaired() const noexcept;

    /// Called with every row once it is durable, in their order, on the thread that appended
    /// it. Must neither append nor throw. A second listener takes the place of the first.
    void on_append(std::function<void(const journal_row&)> listener);

    /// Reads a journal that another process may be writing. Never writes, neither to the
    /// files nor beside them.
    /// Errors: journal_error, when there is no journal or it cannot be read; damage is an answer.
    [[nodiscard]] static journal_check verify(const std::string& file);

    /// Rows of such a journal, as `read`. Errors: journal_error, also when it is damaged.
    [[nodiscard]] static std::vector<journal_row> read_file(const std::string& file,
                                                            const journal_query& query);

private:
    class impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace lastcall::agent

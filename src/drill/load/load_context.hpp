// What the clients of one load share. Everything here belongs to the load's thread, except
// the counters, which any thread may read.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "drill/load/accept_watch.hpp"
#include "drill/load/chunked_list.hpp"
#include "drill/load/event_loop.hpp"
#include "drill/load/lateness.hpp"
#include "drill/load/load_counters.hpp"
#include "drill/load/load_plan.hpp"
#include "drill/load/reset_watch.hpp"
#include "drill/load/transport.hpp"
#include "drill/record/classify.hpp"
#include "drill/record/event_log.hpp"
#include "drill/record/run_record.hpp"

namespace lastcall::drill {

/// What is recorded while the load runs; load::take() makes a trial_record of it.
struct load_log {
    chunked_list<exchange> exchanges;
    chunked_list<connection_end> connections;
    drill::marks marks;
    std::map<int, std::uint64_t> own_failures;  ///< errno of our own kernel, how often
    lateness late;
};

class load_context {
public:
    /// Errors: std::system_error (EMFILE and the like), std::runtime_error (TLS settings).
    load_context(const load_plan& plan, std::shared_ptr<name_pool> shared_names,
                 event_log_writer* log_writer = nullptr);

    // What the plan says.
    load_target target;
    std::chrono::nanoseconds patience;
    std::chrono::nanoseconds route_jitter;
    std::string instance_field;
    std::string effect_prefix;

    event_loop loop;
    std::shared_ptr<name_pool> names;
    std::shared_ptr<tls_context> tls;  ///< ALPN http/1.1; null: the target is plain
    std::mt19937 random;               ///< seeded by the plan, so that two runs choose alike
    reset_watch resets;
    accept_watch accepts;

    std::uint32_t connections_made = 0;
    std::uint64_t effects_made = 0;
    bool is_filling = false;     ///< the cells are being filled: the signal comes soon
    bool notes_cells = false;    ///< the signal was sent in this turn
    std::int64_t signal_ns = 0;  ///< 0: it was not sent yet
    std::string tls_problem;     ///< why the last handshake that failed did
    load_log log;
    load_counters counters;

    /// Each client learns of it within the jitter that follows. Unset: the routes are there.
    std::optional<moment> routes_withdrawn;

    /// Ends `one`: counts it, keeps it, writes it to the event log, and sees to the marks.
    void record(const exchange& one);
    void record(const connection_end& one);

    /// A close frame, GOAWAY or `Connection: close`: notes the first after the withdrawal
    /// of the routes or the signal.
    void note_close_announced(std::int64_t ns) noexcept;

    /// A connection was established at `opened_ns`, and answered.
    void note_accepted(std::int64_t opened_ns) noexcept;

    /// Any connection has ended, whatever was on it.
    void note_closed(std::int64_t ns) noexcept;

    /// The moment of the signal.
    void note_signal(std::int64_t ns);

    /// An errno of our own kernel (EMFILE, EADDRNOTAVAIL): makes the run inconclusive.
    void note_own_failure(int error);

    /// The number of a server that names itself, from 1 in the order of appearance.
    [[nodiscard]] std::uint32_t instance(std::string_view name);

    /// Whether an answer at `ns` is so recent that its connection counts as just idle. While
    /// the cells of the signal are noted, time stands still at the signal.
    [[nodiscard]] bool is_just_idle(std::int64_t ns) const noexcept {
        const auto now = notes_cells ? signal_ns : nanoseconds(clock::now());
        return now - ns < just_idle_ns;
    }

    /// A share in [0, 1).
    [[nodiscard]] double share() { return std::uniform_real_distribution<double>(0, 1)(random); }

private:
    event_log_writer* events_;
    std::vector<std::string> instances_;
};

}  // namespace lastcall::drill

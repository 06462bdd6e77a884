// All that is known of one run: what was asked for, and for every stop what happened. The
// verdict and every report are computed from this and from nothing else, so that a recorded
// run can be judged again.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drill/record/exchange.hpp"
#include "drill/record/name_pool.hpp"

namespace lastcall::drill {

/// Moments of one stop, in the order in which they are to be expected.
enum class mark : std::uint8_t {
    load_begun,
    deleted,  ///< the platform decided; both clocks of Kubernetes start here
    pre_stop_begun,
    pre_stop_ended,
    routes_withdrawn,  ///< from here on nobody makes a connection on purpose
    signal_sent,       ///< or the event of a reload or deploy was begun
    signal_taken,      ///< no longer pending, where that can be seen
    event_ended,       ///< the command of `--exec` has ended
    second_signal,
    not_ready,        ///< first answer of the readiness probe that is not 2xx, or none
    close_announced,  ///< first `Connection: close`, GOAWAY or close frame
    listener_closed,
    last_accepted,  ///< the last connection that was established and answered
    last_response,  ///< its last byte
    last_connection_closed,
    successor_ready,  ///< rolling, reload: the new one answers
    killed,           ///< SIGKILL sent
    exited,
    bindable,  ///< the port can be bound again
};

inline constexpr std::size_t mark_count = 19;

[[nodiscard]] std::string_view to_string(mark value) noexcept;
[[nodiscard]] std::string_view describe(mark value) noexcept;
[[nodiscard]] std::optional<mark> mark_from(std::string_view name) noexcept;

/// Each in nanoseconds on CLOCK_MONOTONIC; 0: it never came, or could not be seen.
class marks {
public:
    [[nodiscard]] std::int64_t operator[](mark which) const noexcept {
        return at_[static_cast<std::size_t>(which)];
    }
    void set(mark which, std::int64_t ns) noexcept { at_[static_cast<std::size_t>(which)] = ns; }
    /// Keeps what is there.
    void set_first(mark which, std::int64_t ns) noexcept {
        auto& one = at_[static_cast<std::size_t>(which)];
        one = one == 0 ? ns : one;
    }

private:
    std::array<std::int64_t, mark_count> at_{};
};

/// signal(7); the kernel's headers stay in sys.
inline constexpr int sigkill = 9;

struct exit_facts {
    bool known = false;  ///< false: it is not ours to wait for, or it still runs
    int code = 0;        ///< when it exited
    int signal = 0;      ///< that ended it; 0 when it exited
    bool dumped_core = false;
    bool killed_by_us = false;  ///< SIGKILL at the end of the grace
    std::int64_t processor_ns = 0;
    std::int64_t peak_bytes = 0;  ///< resident, at most
};

/// One moment of the curves.
struct sample {
    std::int64_t ns = 0;
    std::int32_t in_flight = 0;      ///< requests without an answer
    std::int32_t connections = 0;    ///< of ours, established
    std::int32_t accept_queue = -1;  ///< connections not accepted; -1: there is no listener
    std::int8_t ready = -1;          ///< 1, 0; -1: not known
};

/// Something that should not be there after the stop.
struct leftover {
    enum class kind : std::uint8_t { process, listener, connection, unix_socket, file };
    kind what = kind::process;
    std::string text;  ///< "pid 4711 sleep 100", "/tmp/x.sock"
};

[[nodiscard]] std::string_view to_string(leftover::kind value) noexcept;

/// Why it was late: what a look at the processes said.
struct explanation {
    std::int64_t ns = 0;
    int pid = 0;
    std::string cause;  ///< for programs: "shell-in-front"
    std::string rule;   ///< of `lastcall explain`: "L14"; empty: none
    std::string why;    ///< in words
    std::string fix;

    /// "[L14] a shell waits for `app`"
    [[nodiscard]] std::string text() const { return rule.empty() ? why : "[" + rule + "] " + why; }
};

/// What the drill knows of itself.
struct generator_health {
    double processor_share = 0;  ///< of one processor, over the whole load
    std::int64_t late_p50_ns = 0;
    std::int64_t late_p99_ns = 0;  ///< how far behind the intended time requests were sent
    std::int64_t late_max_ns = 0;
    bool sees_packets = false;          ///< resets were read from the wire, none can be ambiguous
    std::vector<std::string> troubles;  ///< "clock stepped", "EMFILE"
};

/// The effects that were asked for, against those that are there afterwards.
struct effect_ledger {
    std::uint64_t asked = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t found = 0;
    std::vector<std::uint64_t> lost;       ///< acknowledged, and not there
    std::vector<std::uint64_t> unclaimed;  ///< there, and its client saw a failure
    std::string problem;                   ///< the list could not be read; empty: it was
};

/// A lane as it was run.
struct lane_facts {
    std::string name;
    int clients = 0;
    bool is_left_out = false;
    std::string why;  ///< it is left out
};

/// One stop.
struct trial_record {
    std::uint32_t number = 1;
    std::int64_t sweep_offset_ns = 0;  ///< how far the signal was moved
    drill::marks marks;
    exit_facts exit;
    std::vector<exchange> exchanges;
    std::vector<connection_end> connections;
    std::vector<sample> samples;
    std::array<std::uint32_t, cell_count> in_cell{};  ///< connections in it at the signal
    std::vector<leftover> leftovers;
    std::vector<explanation> explanations;
    /// Why it did not go as planned: the service ended before its stop, the event failed.
    std::string problem;
    std::vector<std::string> notes;  ///< steps of the sequence: "preStop: exit 0 after 5.0 s"
    std::optional<effect_ledger> effects;
    generator_health generator;
    bool is_interrupted = false;  ///< SIGINT: what was seen so far
};

enum class policy : std::uint8_t {
    strict,  ///< no load balancer: every lost request counts
    lb,      ///< refused after the routes are withdrawn is free
};

[[nodiscard]] std::string_view to_string(policy value) noexcept;
[[nodiscard]] std::optional<policy> policy_from(std::string_view name) noexcept;

/// What a stop has to keep to. A duration of 0 is not checked unless it says otherwise.
struct expectations {
    policy judge_by = policy::strict;
    std::chrono::nanoseconds grace = std::chrono::seconds(30);
    std::chrono::nanoseconds exit_within{};         ///< of the first signal; 0: the grace
    std::vector<int> exit_codes{0};                 ///< 128 + n stands for a death by signal n
    std::chrono::nanoseconds route_lag{};           ///< until nobody makes connections
    std::chrono::nanoseconds lame_duck_at_least{};  ///< readiness gone to listener closed
    std::chrono::nanoseconds not_ready_within = std::chrono::seconds(1);
    std::chrono::nanoseconds idle_closed_within = std::chrono::seconds(5);
    bool shedding_is_fine = false;  ///< 503 after the signal is no loss
    std::uint64_t allowed_losses = 0;
    std::uint64_t allowed_idle_races = UINT64_MAX;
    std::uint32_t samples_per_cell = 5;
    bool ends = true;           ///< the process is to exit: false for a reload, or an event
    bool has_probe = false;     ///< readiness is asked
    bool tries_port = true;     ///< afterwards: nobody else is to take it meanwhile
    std::string second_signal;  ///< "ignored", "forces"; empty: not tried
    int second_number = 0;      ///< of that signal
};

struct run_record {
    std::string sequence;  ///< "plain", "docker", ...
    std::string subject;   ///< what was stopped: "node server.js", "pid 17"
    std::string url;
    std::string signal = "SIGTERM";  ///< empty where a command is the event
    std::string event;               ///< that command (--exec), in words; empty: a signal is
    std::string host;                ///< kernel and processors
    std::string started;             ///< wall clock, RFC 3339, UTC
    expectations expected;
    std::vector<lane_facts> lanes;
    std::vector<trial_record> trials;
    /// Cells that this server and these lanes can have connections in.
    std::array<bool, cell_count> reachable{};
    std::shared_ptr<name_pool> names = std::make_shared<name_pool>();

    /// What the service was told by: "SIGTERM", "`nginx -s reload`".
    [[nodiscard]] std::string told_by() const { return event.empty() ? signal : "`" + event + "`"; }
    /// The moment from which requests are at risk, for sentences.
    [[nodiscard]] const char* moment() const { return event.empty() ? "the signal" : "the event"; }
    /// What goes on from then: the stop, or an event that the service is to live through.
    [[nodiscard]] const char* matter() const { return expected.ends ? "the stop" : "the event"; }
};

}  // namespace lastcall::drill

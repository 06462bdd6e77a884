// What the faulty server is told on its command line: one fault, and when it strikes.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace faulty {

enum class fault : std::uint8_t {
    none,
    // To single requests for `target`, every Nth of them.
    reset_before_response,   ///< read, then RST
    reset_unread,            ///< not read, then RST
    fin_before_response,     ///< read, then FIN
    cut_head,                ///< FIN inside the head
    cut_body_length,         ///< FIN inside a body with a length
    cut_body_length_reset,   ///< the same with RST
    cut_body_chunked,        ///< FIN between two chunks
    cut_body_chunked_reset,  ///< the same with RST
    status_503,              ///< with Retry-After
    status_500,
    status_404,
    hang_first,        ///< never an answer
    hang_body,         ///< never the end of an answer
    ok_then_reset,     ///< a whole answer that announces the end, and RST behind it
    garbage,           ///< bytes that are no HTTP
    tls_no_notify,     ///< a body that only the end delimits, and no close_notify
    idle_close,        ///< a whole answer, a while, FIN: legal
    idle_race,         ///< the same in the instant in which the next request is due: legal
    idle_race_close,   ///< the same without waiting for what may still come: legal
    lost_effect,       ///< POST: acknowledged, not kept
    unclaimed_effect,  ///< POST: kept, then RST
    // To single WebSockets, when they are told to end.
    ws_1006,  ///< FIN without a close frame
    ws_1011,
    // To HTTP/2 connections at the stop.
    no_goaway,         ///< FIN with open streams, and no GOAWAY
    goaway_error,      ///< GOAWAY with INTERNAL_ERROR
    h2_promised_lost,  ///< GOAWAY that promises the open streams, and RST_STREAM for them
    // To the stop as a whole.
    accept_queue_dropped,   ///< accepts nobody any more, later closes the listener
    listener_closed_early,  ///< in order, but before anybody could know
    slow_readiness,         ///< the probe says "ready" for too long
    no_close_announced,     ///< answers after the signal do not say that it is the last
    ignores_signal,
    late_exit,
    exit_code,
    leaves_child,
    leaves_socket_file,
    silent_blocks,  ///< waits for connections that never sent anything
};

[[nodiscard]] std::string_view to_string(fault value) noexcept;

/// Whether the fault strikes single requests for `target`.
[[nodiscard]] bool strikes_requests(fault value) noexcept;

struct options {
    fault what = fault::none;
    std::uint64_t every = 1;
    bool after_signal_only = false;
    std::string target = "/work";
    std::uint16_t port = 0;
    bool uses_tls = false;
    std::filesystem::path truth;   ///< NDJSON, appended to
    std::filesystem::path orders;  ///< one id a line: the effects that were kept
    std::filesystem::path socket_file;
    int code = 3;                                 ///< of exit_code
    std::chrono::milliseconds work{0};            ///< that `target` takes
    std::chrono::milliseconds lame_duck{200};     ///< from the signal to the listener's end
    std::chrono::milliseconds idle_grace{500};    ///< from the signal to the idle ones' end
    std::chrono::milliseconds patience{10'000};   ///< from the signal to giving up
    std::chrono::milliseconds late{1'000};        ///< of late_exit
    std::chrono::milliseconds unready_after{-1};  ///< of slow_readiness; -1: never
    std::chrono::milliseconds queue_for{100};     ///< accept_queue_dropped: how long it fills
    std::chrono::milliseconds idle_for{30};       ///< of idle_close, after an answer
};

class usage_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Errors: usage_error that names the argument.
[[nodiscard]] options read_options(int count, char** arguments);

}  // namespace faulty

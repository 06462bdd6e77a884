#include "drill/verdict/loss_advice.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "drill/record/cell.hpp"
#include "drill/verdict/words.hpp"

namespace lastcall::drill {
namespace {

constexpr const char* drain_the_queue =
    "drain the accept queue before you close the listener: accept until EAGAIN, answer what was "
    "accepted, and only then close; the kernel resets what is left in the queue";

const char* fix_of_unanswered(const exchange& one, risk what) {
    if (one.at_signal == cell::queued || one.nth == 0) {
        return drain_the_queue;
    }
    if (what == risk::on_open) {
        return "a request on an open connection was read and dropped: answer what still arrives, "
               "with `Connection: close`, and close a connection only between requests";
    }
    if (one.at_signal == cell::half_head || one.at_signal == cell::half_body) {
        return "a request was cut off while it arrived: count a connection as busy from the first "
               "byte of a request, not from the call of the handler";
    }
    return "the process ended, or closed the connection, while a request was being worked on: wait "
           "for the handlers in flight before you exit, and let the grace period be longer than "
           "the slowest of them";
}

/// What became of the process explains a loss better than what its client saw.
std::string fix_of_fate(fate of, const run_record& run) {
    if (of == fate::killed) {
        return "it was still unanswered when SIGKILL ended the process: see V01 for why the stop "
               "took all of the grace";
    }
    return "the process died of a signal with the request unanswered: handle " +
           (run.signal.empty() ? std::string("the stop signal") : run.signal) +
           (run.expected.ends ? ", and answer what is in flight before the exit"
                              : ", and go on serving");
}

const char* fix_of(const exchange& one, risk what, const run_record& run) {
    switch (one.result) {
        case outcome::refused:
            if (!run.expected.ends) {
                return "something has to listen at the address all the time: the new one before "
                       "the old one stops, at the same socket (handed over, or SO_REUSEPORT)";
            }
            return "keep the listener open until nobody makes connections any more: go lame duck "
                   "(not ready, still serving) for as long as the routes take, by a preStop sleep "
                   "or a delay in the program (`--suggest` prints the numbers)";
        case outcome::connect_hung:
            return "keep accepting until the routes are withdrawn; listen(fd, 0) and a full "
                   "backlog leave connections without an answer";
        case outcome::accept_dropped:
            return drain_the_queue;
        case outcome::cut_in_head:
        case outcome::cut_in_body:
            return "wait until the last byte of every response is written before you close or "
                   "exit; do not cancel writers when told to stop, and let the deadline of the "
                   "drain "
                   "be longer than the longest response";
        case outcome::cut_tls:
            return "send close_notify (SSL_shutdown) before the connection is closed: without it "
                   "a client can not tell the end of the body from a cut";
        case outcome::hung_first:
        case outcome::hung_body:
            return "a connection was kept and never served again: answer or close every "
                   "connection that is open, also those that no worker has taken yet";
        case outcome::error_5xx:
            return "requests failed because something that they need was gone: stop what handlers "
                   "use (database, cache, workers, executors) after the drain, not before it";
        case outcome::shed_503:
            return "serve until the drain is over instead of answering 503; where the balancer "
                   "sends a 503 elsewhere, set shedding_is_fine";
        case outcome::error_4xx:
            return "requests were turned away with a status that they did not get before the "
                   "signal: serve until the routes are withdrawn";
        case outcome::malformed:
            return "bytes came that are no response: let one place write to a connection, also "
                   "while stopping";
        case outcome::h2_lost:
        case outcome::h2_no_goaway:
        case outcome::h2_goaway_error:
            return "announce the end by GOAWAY with the last stream 2^31-1, after a round trip by "
                   "one with the true last stream and NO_ERROR, and finish the streams up to it "
                   "(RFC 9113, 6.8)";
        case outcome::ws_error:
        case outcome::ws_closed_other:
        case outcome::ws_gone:
            return "send a close frame 1001 (going away) to every WebSocket and wait for the "
                   "answer before you exit (RFC 6455, 7.4.1)";
        default:
            return fix_of_unanswered(one, what);
    }
}

}  // namespace

loss_advice advise(std::span<const risky_exchange> lost, const run_record& run) {
    struct kind {
        std::uint64_t count = 0;
        std::map<cell, std::uint64_t> cells;
    };
    std::map<outcome, kind> kinds;
    std::map<std::string, std::uint64_t> fixes;
    std::uint64_t killed = 0;
    std::uint64_t died = 0;
    for (const auto& one : lost) {
        auto& of = kinds[one.one->result];
        ++of.count;
        ++of.cells[one.one->at_signal];
        ++fixes[one.of == fate::lived ? fix_of(*one.one, one.what, run) : fix_of_fate(one.of, run)];
        killed += one.of == fate::killed ? 1U : 0U;
        died += one.of == fate::died ? 1U : 0U;
    }
    std::vector<std::pair<outcome, kind>> sorted(kinds.begin(), kinds.end());
    std::ranges::stable_sort(sorted, std::greater{},
                             [](const auto& one) { return one.second.count; });
    loss_advice made;
    for (const auto& [result, of] : sorted) {
        const auto most =
            std::ranges::max_element(of.cells, {}, [](const auto& one) { return one.second; });
        made.why += (made.why.empty() ? "" : "; ") + std::to_string(of.count) + " x " +
                    std::string(describe(result));
        if (most->first != cell::none) {
            made.why += " (" + std::to_string(most->second) + " of them " +
                        std::string(describe(most->first)) + " at " + run.moment() + ")";
        }
    }
    if (killed != 0) {
        made.why += "; " + std::to_string(killed) + " of them ended by the SIGKILL";
    }
    if (died != 0) {
        made.why += "; " + std::to_string(died) + " of them when the process died of a signal";
    }
    const auto best =
        std::ranges::max_element(fixes, {}, [](const auto& one) { return one.second; });
    made.fix = best == fixes.end() ? "" : best->first;
    return made;
}

}  // namespace lastcall::drill

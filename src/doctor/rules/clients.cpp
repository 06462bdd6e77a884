// L43 to L46: what clients keep their connections for, while the server stops.
#include <algorithm>

#include "doctor/rules/connections.hpp"
#include "doctor/rules/protocol.hpp"

namespace lastcall::doctor {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// What went over a connection between the looks.
struct traffic {
    std::uint64_t received;
    std::uint64_t acknowledged;  ///< of what was sent: bytes that are sent again are no progress
    std::uint64_t segments_received;
    std::uint64_t segments_sent;
};

traffic between(const sys::tcp_detail& before, const sys::tcp_detail& now) {
    return {now.received - before.received, now.acknowledged - before.acknowledged,
            now.segments_received - before.segments_received,
            now.segments_sent - before.segments_sent};
}

bool is_stuck(const sys::tcp_detail& before, const sys::tcp_detail& now) {
    // A window that is probed opens a crack now and then.
    constexpr std::uint64_t looks_at_least = 20;
    return now.not_sent > 0 && before.not_sent > 0 &&
           (now.acknowledged - before.acknowledged) * looks_at_least < now.not_sent;
}

/// An answer that goes on in small pieces, though nothing was asked for a while: server-sent
/// events, a WebSocket or a gRPC stream that the server talks on.
bool is_pushed(const sys::tcp_detail& before, const sys::tcp_detail& now) {
    constexpr auto asked_before = seconds(5);
    constexpr std::uint64_t small_piece = 512;
    const auto went = between(before, now);
    return now.received > 0 && went.received == 0 && went.acknowledged > 0 &&
           went.acknowledged <= went.segments_sent * small_piece && before.not_sent == 0 &&
           now.not_sent == 0 && now.since_received > asked_before;
}

/// Pieces went both ways that are too small for requests and answers of HTTP/1.1: the pings and
/// pongs of WebSocket or HTTP/2.
bool is_framed(const sys::tcp_detail& before, const sys::tcp_detail& now) {
    constexpr std::uint64_t shortest_request = 25;  // GET / HTTP/1.1, an empty Host, and the end
    constexpr std::uint64_t shortest_answer = 19;   // HTTP/1.1 200 OK, and the end
    const auto went = between(before, now);
    return went.received > 0 && went.acknowledged > 0 &&
           went.received < went.segments_received * shortest_request &&
           went.acknowledged < went.segments_sent * shortest_answer;
}

protocol unread_protocol(const seen_socket& one) {
    return one.unread ? protocol_of(one.unread->start, one.unread->is_whole()) : protocol::unknown;
}

bool has_unread_frames(const seen_socket& one) {
    return unread_protocol(one) == protocol::websocket;
}

evidence oldest_evidence(const std::vector<const seen_socket*>& all, bool by_received) {
    const auto* oldest =
        *std::max_element(all.begin(), all.end(), [&](const seen_socket* a, const seen_socket* b) {
            return by_received ? a->detail->since_received < b->detail->since_received
                               : a->detail->since_sent < b->detail->since_sent;
        });
    return {oldest->local + " with " + oldest->peer,
            "last received " + seconds_text(oldest->detail->since_received) + " ago, last sent " +
                seconds_text(oldest->detail->since_sent) + " ago"};
}

void tell_stalled(int pid, const std::vector<const seen_socket*>& all, findings& into) {
    into.push_back(
        {.rule = "L45",
         .pid = pid,
         .sure = core::confidence::likely,
         .what = count_of(all.size(), "client") + " take" + (all.size() == 1 ? "s" : "") +
                 " nothing of what is sent to them, and the stop waits for it",
         .fix = "give writes a time limit, or set TCP_USER_TIMEOUT",
         .by = {
             {all.front()->local + " with " + all.front()->peer,
              std::to_string(all.front()->detail->not_sent) + " bytes not sent at both looks"}}});
}

void tell_in_flight(int pid, const std::vector<const seen_socket*>& all, findings& into) {
    finding made{.rule = "L44",
                 .pid = pid,
                 .sure = core::confidence::likely,
                 .what = count_of(all.size(), "request") + (all.size() == 1 ? " is" : " are") +
                         " in flight: received, and not answered yet",
                 .fix = "give handlers a deadline below the grace period",
                 .by = {oldest_evidence(all, true)}};
    for (const auto* each : all) {
        if (unread_protocol(*each) == protocol::http1) {
            made.by.push_back({"not read yet from " + each->peer,
                               std::to_string(each->unread->count) + " bytes, `" +
                                   request_text(each->unread->start) + "`"});
            break;
        }
    }
    into.push_back(std::move(made));
}

evidence stream_evidence(const seen& of, const seen_socket& one) {
    const auto name = one.local + " with " + one.peer;
    if (has_unread_frames(one)) {
        return {"not read yet from " + one.peer,
                std::to_string(one.unread->count) + " bytes, frames of WebSocket"};
    }
    const auto went = between(*of.socket_before(one)->detail, *one.detail);
    return {name + ", between the looks", std::to_string(went.acknowledged) + " bytes sent in " +
                                              count_of(went.segments_sent, "segment") + ", " +
                                              std::to_string(went.received) +
                                              " received; before that last received " +
                                              seconds_text(one.detail->since_received) + " ago"};
}

/// L46: a connection that does not end by itself.
void tell_streams(const seen& of, int pid, const std::vector<const seen_socket*>& all,
                  findings& into) {
    const auto* sample = all.front();
    for (const auto* each : all) {
        sample = has_unread_frames(*each) ? each : sample;
    }
    into.push_back(
        {.rule = "L46",
         .pid = pid,
         .sure = core::confidence::likely,
         .what = count_of(all.size(), "client") + (all.size() == 1 ? " holds" : " hold") +
                 " a stream open (WebSocket, server-sent events, gRPC), which does not end by "
                 "itself",
         .fix = "end streams when the stop begins: close frame 1001 of WebSocket, the last chunk "
                "of an event stream, GOAWAY of HTTP/2",
         .by = {stream_evidence(of, *sample)}});
}

void tell_idle(int pid, const std::vector<const seen_socket*>& all, findings& into) {
    into.push_back(
        {.rule = "L43",
         .pid = pid,
         .sure = core::confidence::likely,
         .what = count_of(all.size(), "client") +
                 (all.size() == 1 ? " keeps an idle connection" : " keep idle connections") +
                 ", and it waits for them",
         .fix = "answer with `Connection: close` while stopping, and close idle "
                "connections",
         .by = {oldest_evidence(all, false)}});
}

}  // namespace

std::string count_of(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string seconds_text(milliseconds value) { return std::to_string(value.count() / 1000) + " s"; }

std::vector<const seen_socket*> lasting_connections(const seen& of, int pid, bool is_client) {
    std::vector<const seen_socket*> found;
    for (const auto* one : of.sockets_of(pid)) {
        if (one->line.is(sys::tcp_states::established) && one->is_client == is_client &&
            one->detail && of.socket_before(*one) != nullptr) {
            found.push_back(one);
        }
    }
    return found;
}

connection_use use_of(const seen_socket& before, const seen_socket& now) {
    // The looks are a second apart, and the kernel counts in ticks: a little less.
    constexpr auto idle_at_least = milliseconds(900);
    if (before.detail && is_stuck(*before.detail, *now.detail)) {
        return connection_use::stalled;
    }
    if (has_unread_frames(now) || (before.detail && (is_pushed(*before.detail, *now.detail) ||
                                                     is_framed(*before.detail, *now.detail)))) {
        return connection_use::stream;
    }
    if (now.has_request()) {
        return connection_use::in_flight;
    }
    return now.detail->not_sent == 0 && now.detail->since_sent > idle_at_least
               ? connection_use::idle
               : connection_use::other;
}

void judge_clients(const rule_case& one, const seen_process& process, findings& into) {
    std::vector<const seen_socket*> stalled;
    std::vector<const seen_socket*> in_flight;
    std::vector<const seen_socket*> streams;
    std::vector<const seen_socket*> idle;
    for (const auto* each : lasting_connections(one.of, process.pid(), true)) {
        const auto use = use_of(*one.of.socket_before(*each), *each);
        auto* const group = use == connection_use::stalled     ? &stalled
                            : use == connection_use::in_flight ? &in_flight
                            : use == connection_use::stream    ? &streams
                            : use == connection_use::idle      ? &idle
                                                               : nullptr;
        if (group != nullptr) {
            group->push_back(each);
        }
    }
    const int pid = process.pid();
    if (!stalled.empty()) {
        tell_stalled(pid, stalled, into);
    }
    if (!in_flight.empty()) {
        tell_in_flight(pid, in_flight, into);
    }
    if (!streams.empty()) {
        tell_streams(one.of, pid, streams, into);
    }
    if (!idle.empty()) {
        tell_idle(pid, idle, into);
    }
}

}  // namespace lastcall::doctor

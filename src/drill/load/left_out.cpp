// What a server supports, learned with one real request for each lane.
#include "drill/http/ws_frame.hpp"
#include "drill/load/lanes.hpp"
#include "drill/load/load.hpp"
#include "drill/load/trial_client.hpp"

namespace lastcall::drill {
namespace {

constexpr std::chrono::seconds patience{1};
constexpr std::uint64_t pipelined_at_once = 3;
constexpr std::uint64_t least_download = 64 * 1024;

class trials {
public:
    explicit trials(const load_plan& plan) : context_(for_trials(plan), names()) {}

    /// Why the lane has to be left out; empty: it has not.
    std::string of(const load_plan& whole, const lane_plan& plan) {
        switch (plan.kind) {
            case lane_kind::silent:
                return connection();
            case lane_kind::handshake:
                return get(plan);
            case lane_kind::slow_up:
            case lane_kind::half_body:
                return post(plan);
            case lane_kind::slow_down:
                return download(plan);
            case lane_kind::stream:
                return stream(plan);
            case lane_kind::websocket:
                return websocket(plan);
            case lane_kind::idle:
                return kept_alive(plan);
            case lane_kind::pipelined:
                if (auto why = kept_alive(plan); !why.empty()) {
                    return why;
                }
                return pipelined(plan);
            case lane_kind::h2:
                return why_no_h2(whole, plan);
            case lane_kind::pool:
            case lane_kind::open:
            case lane_kind::fresh:
                if (auto why = plan.post_share < 1 ? get(plan) : ""; !why.empty()) {
                    return why;
                }
                return plan.post_share > 0 ? post(plan) : "";
            case lane_kind::busy:
            case lane_kind::half_head:
            case lane_kind::probe:
                break;
        }
        return get(plan);
    }

private:
    static std::shared_ptr<name_pool> names() { return std::make_shared<name_pool>(); }

    static load_plan for_trials(const load_plan& plan) {
        load_plan made = plan;
        made.patience = patience;
        made.route_jitter = {};
        made.effect_prefix += "trial-";  // not to be taken for a request of the load
        return made;
    }

    std::string send(const request_text& what, const std::string& words) {
        client_.emplace(context_);
        client_->try_request(what);
        context_.loop.run(clock::now() + patience + patience_for_end,
                          [this] { return client_->is_over(); });
        client_->end();
        const auto& seen = client_->seen();
        if (client_->was_switched() || seen.result == outcome::hung_body) {
            return {};
        }
        if (seen.status >= 400) {
            return words + " answers " + std::to_string(seen.status);
        }
        if (blame_of(seen.result) == blame::none) {
            return {};
        }
        const auto& problem = context_.tls_problem;
        return words + ": " + std::string(describe(seen.result)) +
               (problem.empty() ? "" : " (" + problem + ")");
    }

    std::string get(const lane_plan& plan) {
        return send(request_text(context_, "GET", plan.get), "GET " + plan.get);
    }

    std::string post(const lane_plan& plan) {
        return send(request_text(context_, "POST", plan.post,
                                 "Content-Type: " + plan.content_type + "\r\n", plan.body),
                    "POST " + plan.post);
    }

    std::string connection() {
        client_.emplace(context_);
        client_->try_connection();
        context_.loop.run(clock::now() + patience, [this] { return client_->is_over(); });
        const bool made = client_->was_connected();
        client_->end();
        return made ? "" : "no connection to " + context_.target.at.text() + " could be made";
    }

    std::string kept_alive(const lane_plan& plan) {
        auto why = get(plan);
        if (why.empty() && client_->seen().close_announced) {
            return "the server ends the connection after each answer";
        }
        return why;
    }

    /// A server may answer the first of several requests, and never look at the others.
    std::string pipelined(lane_plan plan) {
        plan.clients = 1;
        const auto one = make_lane(context_, plan);
        const auto& counters = context_.counters;
        const std::uint64_t before = counters.answered;
        const auto& hung = counters.outcomes[static_cast<std::size_t>(outcome::hung_first)];
        const std::uint64_t hung_before = hung;
        one.clients.front()->begin_at(clock::now());
        context_.loop.run(clock::now() + patience + patience_for_end, [&] {
            return counters.answered - before >= pipelined_at_once || hung != hung_before;
        });
        const auto answered = counters.answered - before;
        one.clients.front()->end();
        return hung == hung_before ? ""
                                   : "of three requests in one write the server answered " +
                                         std::to_string(answered);
    }

    std::string download(const lane_plan& plan) {
        auto why = get(plan);
        const bool is_whole = client_->seen().result != outcome::hung_body;
        if (why.empty() && is_whole && client_->body_bytes() < least_download) {
            return "the body of " + plan.get + " has " + std::to_string(client_->body_bytes()) +
                   " bytes; " + plan.label() + " wants 64 KiB";
        }
        return why;
    }

    std::string stream(const lane_plan& plan) {
        auto why =
            send(request_text(context_, "GET", plan.get, "Accept: text/event-stream, */*\r\n"),
                 "GET " + plan.get);
        if (why.empty() && !client_->had_head()) {
            return "GET " + plan.get + " is answered at once; a stream lasts";
        }
        return why;
    }

    std::string websocket(const lane_plan& plan) {
        const auto key = ws_key("sixteen bytes...");
        const auto why = send(request_text(context_, "GET", plan.get,
                                           "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                                           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
                                               key + "\r\n"),
                              "GET " + plan.get);
        if (!client_->was_switched()) {
            return "no 101 at " + plan.get + ": " +
                   (client_->seen().status != 0 ? std::to_string(client_->seen().status) : why);
        }
        return client_->proof() == ws_accept_for(key)
                   ? ""
                   : "the 101 at " + plan.get + " has a wrong Sec-WebSocket-Accept";
    }

    load_context context_;
    std::optional<trial_client> client_;
};

}  // namespace

std::vector<std::string> why_left_out(const load_plan& plan) {
    std::vector<std::string> all;
    for (const auto& one : plan.lanes) {
        auto why = why_impossible(plan.target, one);
        all.push_back(why.empty() ? trials(plan).of(plan, one) : why);
    }
    return all;
}

}  // namespace lastcall::drill

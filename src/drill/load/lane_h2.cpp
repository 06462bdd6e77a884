// HTTP/2: half of the connections always have streams in flight, the others are idle. Around
// the signal some open streams all the time, so that GOAWAY crosses them.
#include "drill/load/h2_client.hpp"
#include "drill/load/lanes.hpp"

namespace lastcall::drill {
namespace {

constexpr std::chrono::seconds patience_for_trial{1};

std::shared_ptr<const h2_manner> manner_of(load_context& shared, const lane_plan& plan) {
    h2_manner made;
    made.lane = shared.names->intern(plan.label());
    made.target = shared.names->intern(plan.get);
    made.authority = shared.target.host.empty() ? shared.target.at.text() : shared.target.host;
    if (shared.target.uses_tls) {
        const std::string protocols[] = {"h2"};
        made.tls = make_tls_context(shared.target, protocols);
    }
    made.streams = static_cast<std::size_t>(plan.streams);
    made.patience = shared.patience + plan.takes;
    return std::make_shared<const h2_manner>(std::move(made));
}

}  // namespace

lane make_h2_lane(load_context& shared, const lane_plan& plan) {
    const auto manner = manner_of(shared, plan);
    return lane_of(plan,
                   [&](int i) { return std::make_unique<h2_client>(shared, manner, i % 2 == 1); });
}

std::string why_no_h2(const load_plan& whole, const lane_plan& plan) {
    load_plan alone = whole;
    alone.lanes.clear();
    alone.patience = patience_for_trial;
    load_context context(alone, std::make_shared<name_pool>());
    const auto manner = manner_of(context, plan);
    h2_client one(context, manner, false);
    one.begin_at(clock::now());
    const auto& seen = context.log.exchanges;
    context.loop.run(clock::now() + 2 * manner->patience, [&] { return seen.size() > 0; });
    one.end();
    if (seen.size() == 0) {
        return "no answer";
    }
    const exchange& first = seen[0];
    const std::string words = "GET " + plan.get + " over HTTP/2";
    if (first.status != 0) {
        return first.status < 400 ? "" : words + " answers " + std::to_string(first.status);
    }
    switch (first.result) {
        case outcome::refused:
        case outcome::connect_hung:
        case outcome::generator_fault:
        case outcome::hung_first:
            return words + ": " + std::string(describe(first.result));
        default:
            break;
    }
    return std::string("the server does not speak HTTP/2 here: ") +
           (manner->tls ? "it does not choose h2 by ALPN"
                        : "it does not know the preface (prior knowledge)") +
           (context.tls_problem.empty() ? "" : "; " + context.tls_problem);
}

}  // namespace lastcall::drill

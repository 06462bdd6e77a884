// Every Nth request for one target is struck, over the whole run: the drill has to find
// exactly the requests that the server's books name, in the class that the fault belongs to,
// and nothing else.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

#include "drill_truth/drill_run.hpp"

namespace lastcall::drill_truth {
namespace {

using nlohmann::json;

struct request_fault {
    const char* fault;
    const char* outcome;
    bool uses_tls = false;
};

void PrintTo(const request_fault& one, std::ostream* out) { *out << one.fault; }

// The target is no other than these lanes', so that what the drill asks beside them (whether
// the service answers, whether it speaks HTTP/2) is not struck.
constexpr const char* lanes = R"(
- {kind: pool, clients: 10, think: 5ms, get: /work, post: /work, post_share: 0.3}
- {kind: fresh, clients: 4, think: 10ms, get: /work}
)";

/// Gives each deed of the server to one exchange that was going on at its time.
/// Returns: the deeds for which there is none.
std::vector<json> without_exchange(const std::vector<json>& deeds, std::vector<json> exchanges,
                                   std::int64_t origin) {
    std::sort(exchanges.begin(), exchanges.end(),
              [](const json& a, const json& b) { return a.at("end") < b.at("end"); });
    std::vector<json> left;
    for (const auto& deed : deeds) {
        const auto at = deed.at("at_ns").get<std::int64_t>() - origin;
        const auto found = std::find_if(exchanges.begin(), exchanges.end(), [&](const json& one) {
            return one.at("sent") <= at && one.at("end") >= at &&
                   one.at("method") == deed.at("method") && one.value("nth", 0) == deed.at("nth");
        });
        if (found == exchanges.end()) {
            left.push_back(deed);
        } else {
            exchanges.erase(found);
        }
    }
    return left;
}

std::uint64_t take(std::map<std::string, std::uint64_t>& from, const std::string& name) {
    const auto found = from.find(name);
    const auto count = found == from.end() ? 0 : found->second;
    from.erase(name);
    return count;
}

class RequestFault : public ::testing::TestWithParam<request_fault> {};

TEST_P(RequestFault, IsCountedAsTheServerCountsIt) {
    const auto& [fault, outcome, uses_tls] = GetParam();
    for (int i = 0; i < runs(); ++i) {
        const drill_run run({fault,
                             {"--fault", fault, "--every", "5"},
                             lanes,
                             {"--load", "1s", "--grace", "8s", "--patience", "700ms"},
                             uses_tls});
        const auto struck = run.truth("request", fault);
        ASSERT_GE(struck.size(), 10U) << run.summary();

        auto counts = run.outcomes("/work");
        EXPECT_EQ(take(counts, outcome), struck.size()) << run.summary();

        std::vector<json> such = run.exchanges("/work");
        std::erase_if(such, [&](const json& one) { return one.at("was") != outcome; });
        EXPECT_EQ(without_exchange(struck, such, run.origin()), std::vector<json>{});

        const auto answered = run.truth("request", "none");
        const auto well = std::count_if(answered.begin(), answered.end(), [](const json& one) {
            return one.at("target") == "/work";
        });
        EXPECT_EQ(take(counts, "ok") + take(counts, "served_close"), well) << run.summary();
        EXPECT_TRUE(counts.empty()) << json(counts).dump() << run.summary();
    }
}

INSTANTIATE_TEST_SUITE_P(
    Drill, RequestFault,
    ::testing::Values(
        request_fault{"reset_before_response", "reset_before_response"},
        request_fault{"reset_unread", "reset_before_response"},
        request_fault{"fin_before_response", "closed_before_response"},
        request_fault{"cut_head", "cut_in_head"}, request_fault{"cut_body_length", "cut_in_body"},
        request_fault{"cut_body_length_reset", "cut_in_body"},
        request_fault{"cut_body_chunked", "cut_in_body"},
        request_fault{"cut_body_chunked_reset", "cut_in_body"},
        request_fault{"status_503", "shed_503"}, request_fault{"status_500", "error_5xx"},
        request_fault{"status_404", "error_4xx"}, request_fault{"hang_first", "hung_first"},
        request_fault{"hang_body", "hung_body"}, request_fault{"ok_then_reset", "ok_then_reset"},
        request_fault{"garbage", "malformed"}, request_fault{"tls_no_notify", "cut_tls", true}),
    [](const auto& each) { return std::string(each.param.fault); });

}  // namespace
}  // namespace lastcall::drill_truth

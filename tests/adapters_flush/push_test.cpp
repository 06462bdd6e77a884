#include "adapters/flush_prometheus/push.hpp"

#include <gtest/gtest.h>
#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <csignal>
#include <lastcall/flush_prometheus.hpp>
#include <string>
#include <thread>

#include "adapters_flush/http.hpp"
#include "adapters_redis/child_process.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::child_process;
using testing::one_shot_server;
using testing::voice;

struct metrics_of_orders {
    std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
    prometheus::Counter& orders =
        prometheus::BuildCounter().Name("orders_total").Register(*registry).Add({});
};

prometheus_push to(const one_shot_server& gateway) {
    return {.url = "http://127.0.0.1:" + std::to_string(gateway.port()),
            .job = "orders",
            .labels = {{"instance", "one"}}};
}

report stop_with_push(const one_shot_server& gateway, const std::string& status,
                      std::string& request) {
    lifecycle life({.service = "test", .grace = 20s, .log = [](std::string_view) {}});
    metrics_of_orders mine;
    const flush_prometheus flush(life, mine.registry, {.how = to(gateway)});
    life.add({.name = "orders", .drain = [&] { mine.orders.Increment(7); }});
    std::jthread answering([&] { request = gateway.answer(status); });
    life.ready();
    life.request_stop();
    return life.run();
}

TEST(FlushPrometheusPush, PushesOnceWhatTheStopHasCounted) {
    const one_shot_server gateway;
    std::string request;
    EXPECT_EQ(stop_with_push(gateway, "202 Accepted", request).result, result::clean);
    EXPECT_TRUE(request.starts_with("POST /metrics/job/orders/instance/one ")) << request;
    EXPECT_NE(request.find("orders_total 7"), std::string::npos) << request;
}

TEST(FlushPrometheusPush, ReportsAGatewayThatRefuses) {
    const one_shot_server gateway;
    std::string request;
    const report done = stop_with_push(gateway, "503 Busy", request);
    EXPECT_EQ(done.result, result::failed);
    EXPECT_NE(done.steps.back().error.find("HTTP status 503"), std::string::npos);
}

TEST(FlushPrometheusPush, EndsInItsShareWhenTheGatewayNeverAnswers) {
    const one_shot_server gateway;
    child_process service([&](const voice& parent) {
        lifecycle life(
            {.service = "test",
             .grace = 1'500ms,
             .reserve = 500ms,
             .log = [](std::string_view) {},
             .on_report = [&](const report& done) { parent.say(done.steps.at(0).error); }});
        const metrics_of_orders mine;
        const flush_prometheus flush(life, mine.registry, {.how = to(gateway)});
        life.ready();
        parent.say("ready");
        life.run_and_exit();
        return 0;
    });
    ASSERT_EQ(service.hear(), "ready");
    service.signal(SIGTERM);
    EXPECT_EQ(service.hear(), "the push got no answer in time");
    EXPECT_NE(service.wait(), 0);
}

TEST(FlushPrometheusPush, ReadsTheAddressOfAGateway) {
    const metrics::gateway_address plain = metrics::parse_gateway("http://push:9091");
    EXPECT_EQ(plain.host, "http://push");
    EXPECT_EQ(plain.port, "9091");
    const metrics::gateway_address login = metrics::parse_gateway("https://me:a:b@[::1]:443/");
    EXPECT_EQ(login.host, "https://[::1]");
    EXPECT_EQ(login.port, "443");
    EXPECT_EQ(login.user, "me");
    EXPECT_EQ(login.password, "a:b");
    for (const char* bad : {"", "push:9091", "http://", "http://push", "http://:9091",
                            "http://push:", "http://push:90x", "http://push:9091/prefix",
                            "http://hunter2@push:9091"}) {
        try {
            (void)metrics::parse_gateway(bad);
            ADD_FAILURE() << "accepted: " << bad;
        } catch (const std::invalid_argument& refused) {
            EXPECT_EQ(std::string(refused.what()).find("hunter2"), std::string::npos);
        }
    }
}

}  // namespace
}  // namespace lastcall

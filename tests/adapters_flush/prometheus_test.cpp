#include <gtest/gtest.h>
#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <atomic>
#include <csignal>
#include <lastcall/flush_prometheus.hpp>
#include <string>
#include <thread>
#include <vector>

#include "adapters_flush/http.hpp"
#include "adapters_redis/child_process.hpp"
#include "adapters_temp_files/scratch.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::child_process;
using testing::drain_kind;
using testing::get;
using testing::read_file;
using testing::scratch;
using testing::voice;
using violations = std::vector<std::string>;

lifecycle_options quiet() {
    return {.service = "test", .grace = 20s, .log = [](std::string_view) {}};
}

/// Tells, in the end, whether the last scrape was one of the lines of the timeline.
lifecycle_options watching(bool& is_scraped) {
    lifecycle_options options = quiet();
    options.log = [&](std::string_view line) {
        is_scraped = is_scraped || line.find("the last scrape was answered") != line.npos;
    };
    return options;
}

struct metrics {
    std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
    prometheus::Counter& orders =
        prometheus::BuildCounter().Name("orders_total").Register(*registry).Add({});
};

/// A counter that only the drain raises: only a scrape after it can see the value.
violations stop_and_scrape(drain_kind how) {
    child_process service([&](const voice& parent) {
        bool is_scraped = false;
        lifecycle life(watching(is_scraped));
        metrics mine;
        flush_prometheus flush(
            life, mine.registry,
            {.how = prometheus_last_scrape{.listen = "127.0.0.1:0", .max_wait = 10s}});
        life.add({.name = "orders", .drain = [&] { mine.orders.Increment(7); }});
        life.add({.name = "says", .uses = {"orders"}, .close = [&] { parent.say("closing"); }});
        life.ready();
        parent.say(std::to_string(flush.port()));
        if (how == drain_kind::nothing) {
            testing::wait_until_fired(life.stopping());
            std::_Exit(0);
        }
        const int status = life.run().exit_code();
        return is_scraped ? status : 1;
    });
    violations found;
    const int port = std::stoi(service.hear());
    if (get(port, "/metrics").find("orders_total 0") == std::string::npos) {
        found.push_back("the metrics are not served before the stop");
    }
    service.signal(SIGTERM);
    service.hear();
    bool is_seen = false;
    // A scrape before the close step of the metrics is not the last one; then one more.
    while (!service.has_ended()) {
        is_seen |= get(port, "/metrics").find("orders_total 7") != std::string::npos;
    }
    if (!is_seen) {
        found.push_back("what the drain counted was never seen");
    }
    if (const int status = service.wait(); status != 0) {
        found.push_back("exit status " + std::to_string(status));
    }
    return found;
}

TEST(FlushPrometheus, ServesUntilOneMoreScrapeHasBeenAnswered) {
    EXPECT_EQ(stop_and_scrape(drain_kind::lifecycle), violations{});
}

TEST(FlushPrometheus, AStopThatServesNoLastScrapeIsFoundOut) {
    EXPECT_NE(stop_and_scrape(drain_kind::nothing), violations{});
}

TEST(FlushPrometheus, WaitsNoLongerThanItWasToldForAScrapeThatNeverComes) {
    lifecycle life(quiet());
    const metrics mine;
    const flush_prometheus flush(
        life, mine.registry,
        {.how = prometheus_last_scrape{.listen = "127.0.0.1:0", .max_wait = 20ms}});
    life.ready();
    life.request_stop();
    EXPECT_EQ(life.run().result, result::clean);
}

TEST(FlushPrometheus, AScrapeOfSomethingElseIsNotTheLastOne) {
    bool is_scraped = false;
    lifecycle life(watching(is_scraped));
    const metrics mine;
    const flush_prometheus flush(
        life, mine.registry,
        {.how = prometheus_last_scrape{.listen = "127.0.0.1:0", .max_wait = 10s}});
    std::atomic<bool> is_over = false;
    std::jthread curious([&] {
        testing::wait_until_fired(life.stopping());
        for (int i = 0; i < 20; ++i) {
            EXPECT_NE(get(flush.port(), "/other").find("404"), std::string::npos) << i;
        }
        EXPECT_FALSE(is_over);
        while (!is_over) {
            get(flush.port(), "/metrics");
        }
    });
    life.ready();
    life.request_stop();
    EXPECT_EQ(life.run().result, result::clean);
    is_over = true;
    EXPECT_TRUE(is_scraped);
}

TEST(FlushPrometheus, WritesTheLastValuesToAFileForTheNodeExporter) {
    const scratch place;
    lifecycle life(quiet());
    metrics mine;
    const flush_prometheus flush(life, mine.registry,
                                 {.how = prometheus_text_file{.path = place / "orders.prom"}});
    life.add({.name = "orders", .drain = [&] { mine.orders.Increment(7); }});
    life.ready();
    life.request_stop();
    EXPECT_EQ(life.run().result, result::clean);
    EXPECT_NE(read_file(place / "orders.prom").find("orders_total 7"), std::string::npos);
    EXPECT_EQ(place.names(), std::set<std::string>{"orders.prom"});
}

TEST(FlushPrometheus, ReportsAFileThatCannotBeWritten) {
    const scratch place;
    lifecycle life(quiet());
    const metrics mine;
    const flush_prometheus flush(life, mine.registry,
                                 {.how = prometheus_text_file{.path = place / "no/orders.prom"}});
    life.ready();
    life.request_stop();
    const report done = life.run();
    EXPECT_EQ(done.result, result::failed);
    EXPECT_NE(done.steps.at(0).error.find("no"), std::string::npos);
}

TEST(FlushPrometheus, RefusesSettingsThatCannotWork) {
    lifecycle life(quiet());
    const metrics mine;
    EXPECT_THROW(flush_prometheus(life, nullptr), std::invalid_argument);
    EXPECT_THROW(flush_prometheus(life, mine.registry, {.how = prometheus_text_file{"a.txt"}}),
                 std::invalid_argument);
    EXPECT_THROW(flush_prometheus(life, mine.registry,
                                  {.how = prometheus_push{.url = "localhost:9091", .job = "j"}}),
                 std::invalid_argument);
    EXPECT_THROW(
        flush_prometheus(life, mine.registry,
                         {.how = prometheus_push{.url = "http://localhost:9091", .job = ""}}),
        std::invalid_argument);
    EXPECT_THROW(flush_prometheus(life, mine.registry,
                                  {.how = prometheus_last_scrape{.listen = "127.0.0.1:nine"}}),
                 std::runtime_error);
}

}  // namespace
}  // namespace lastcall

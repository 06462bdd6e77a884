#include "lint/rules/stop_facts.hpp"

#include <gtest/gtest.h>

#include "lint/engine/folder.hpp"

namespace lastcall::lint {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(StopFacts, OfAComposeFileAreThoseOfEachService) {
    test_folder in;
    const std::string_view text =
        "services:\n"
        "  web:\n    build: ./web\n    stop_grace_period: 1m\n"
        "    entrypoint: gunicorn --graceful-timeout 40 app\n"
        "  other:\n    image: example.com/other:${TAG}\n    stop_grace_period: ${GRACE}\n"
        "  db:\n    image: postgres:16\n";
    const auto facts = compose_facts(in.path() / "compose.yaml", text);
    ASSERT_EQ(facts.size(), 3U);
    EXPECT_EQ(facts[0].workload, "web");
    EXPECT_EQ(facts[0].at.line, 2U);
    EXPECT_EQ(facts[0].build_context, in.path() / "./web");
    EXPECT_EQ(facts[0].grace, milliseconds(seconds(60)));
    EXPECT_EQ(facts[0].program, "gunicorn");
    EXPECT_EQ(facts[0].needs, milliseconds(seconds(40)));
    EXPECT_FALSE(facts[1].image);
    EXPECT_FALSE(facts[1].grace);
    EXPECT_FALSE(facts[1].program);
    EXPECT_EQ(facts[2].grace, milliseconds(seconds(10)));
    EXPECT_EQ(facts[2].program, "postgres");
}

TEST(StopFacts, OfAUnitAreThoseOfTheWholeOfIt) {
    test_folder in;
    const auto file =
        in.add("web.service",
               "[Service]\nExecStart=/usr/bin/uvicorn --timeout-graceful-shutdown 20 app\n"
               "ExecStop=/usr/bin/sleep 5\nTimeoutStopSec=30\n");
    in.add("web.service.d/a.conf", "[Service]\nTimeoutStopSec=1min\n");
    auto facts = unit_facts(file, {});
    ASSERT_EQ(facts.size(), 1U);
    EXPECT_EQ(facts[0].workload, "web.service");
    EXPECT_EQ(facts[0].grace, milliseconds(seconds(60)));
    EXPECT_EQ(facts[0].pre_stop, milliseconds(seconds(5)));
    EXPECT_EQ(facts[0].program, "uvicorn");
    EXPECT_EQ(facts[0].needs, milliseconds(seconds(20)));
    EXPECT_TRUE(unit_facts(in.add("web.target", "[Unit]\nDescription=Web\n"), {}).empty());
}

}  // namespace
}  // namespace lastcall::lint

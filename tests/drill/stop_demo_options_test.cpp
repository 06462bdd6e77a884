#include <gtest/gtest.h>

#include "options.hpp"

namespace stop_demo {
namespace {

parsed_options parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "stop_demo");
    return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

TEST(StopDemoOptions, AreReadWithAndWithoutAnEqualsSign) {
    const auto parsed =
        parse({"--orders", "/bin/sh", "--seconds=7", "--grace", "1500ms", "--db",
               "postgres://local/x", "--queue=redis://local", "--json=f", "--crash"});
    ASSERT_FALSE(parsed.exit) << parsed.message;
    EXPECT_EQ(parsed.chosen.load_time, std::chrono::seconds(7));
    EXPECT_EQ(parsed.chosen.grace, std::chrono::milliseconds(1500));
    EXPECT_EQ(parsed.chosen.db, "postgres://local/x");
    EXPECT_EQ(parsed.chosen.queue, "redis://local");
    EXPECT_EQ(parsed.chosen.json, "f");
    EXPECT_TRUE(parsed.chosen.crash);
}

TEST(StopDemoOptions, AreRefusedWhenTheyCannotBeUnderstood) {
    const std::vector<std::vector<const char*>> rows{
        {"--nonsense"},      {"--seconds"},       {"--seconds", "0"},
        {"--seconds", "3s"}, {"--seconds=601"},   {"--grace", "30"},
        {"--grace", "-1s"},  {"--grace", "11m"},  {"--db", "mysql://x"},
        {"--db", "sqlite:"}, {"--queue", "amqp"}, {"--json", ""},
        {"extra"},
    };
    for (const auto& arguments : rows) {
        const auto parsed = parse(arguments);
        EXPECT_EQ(parsed.exit, 2) << arguments[0];
        EXPECT_NE(parsed.message.find("--help"), std::string::npos);
    }
}

TEST(StopDemoOptions, ExplainThemselves) {
    const auto parsed = parse({"--help"});
    EXPECT_EQ(parsed.exit, 0);
    EXPECT_TRUE(parsed.message.starts_with("Usage: stop_demo"));
}

TEST(StopDemoOptions, SayWhenThereIsNoService) {
    const auto parsed = parse({"--orders", "/nonexistent/orders"});
    EXPECT_EQ(parsed.exit, 1);
    EXPECT_NE(parsed.message.find("/nonexistent/orders"), std::string::npos);
}

}  // namespace
}  // namespace stop_demo

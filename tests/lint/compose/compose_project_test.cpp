#include "lint/compose/compose_project.hpp"

#include <gtest/gtest.h>

#include "lint/engine/folder.hpp"

namespace lastcall::lint {
namespace {

std::string project_text(const compose_project& project, const compose_value& value) {
    const auto text = project.text(value);
    return text ? text->text() : "(unknown)";
}

TEST(ComposeProject, TheMostImportantFileThatSaysAValueHolds) {
    test_folder in;
    in.add("base.yml", "services:\n  base:\n    image: base:1\n    stop_signal: SIGINT\n");
    in.add("compose.override.yml",
           "services:\n  web:\n    image: override:1\n    environment: [C=3]\n");
    const std::string_view text =
        "services:\n  web:\n    extends: {file: base.yml, service: base}\n    image: own:1\n"
        "    environment: {A: 1, B: 2}\n";
    const compose_project project(in.add("compose.yaml", text), text);
    ASSERT_EQ(project.services().size(), 1U);
    const compose_service& web = project.services()[0];
    EXPECT_TRUE(web.is_whole);
    EXPECT_EQ(project_text(project, web.get("image")), "override:1");
    EXPECT_EQ(project_text(project, web.get("stop_signal")), "SIGINT");
    EXPECT_TRUE(web.get("stop_signal").in->path.ends_with("base.yml"));
    EXPECT_TRUE(web.is_absent("stop_grace_period"));
    ASSERT_EQ(web.entries("environment").size(), 3U);
    EXPECT_EQ(web.entries("environment")[2].name, "C");
    EXPECT_EQ(web.name_in(project.judged()).line, 2U);
}

TEST(ComposeProject, OfWhatIsNotAtHandNothingIsKnownToBeAbsent) {
    test_folder in;
    const std::string_view text =
        "services:\n  web:\n    extends: {file: gone.yml, service: base}\n    image: own:1\n"
        "  api:\n    image: own:1\n    stop_signal: !reset null\n"
        "  a: {extends: b}\n  b: {extends: a}\n";
    const compose_project project(in.add("compose.yaml", text), text);
    EXPECT_FALSE(project.find("web")->is_absent("stop_signal"));
    EXPECT_FALSE(project.find("api")->is_absent("stop_signal"));
    EXPECT_FALSE(project.find("api")->get("stop_signal"));
    EXPECT_TRUE(project.find("api")->is_absent("init"));
    EXPECT_FALSE(project.find("a")->is_whole);
}

TEST(ComposeProject, ADependencyMayBeSaidInManyWays) {
    test_folder in;
    const std::string_view text =
        "services:\n"
        "  a: {image: i, depends_on: [b]}\n"
        "  b: {image: i, depends_on: {c: {condition: service_healthy}}}\n"
        "  c: {image: i, links: [\"d:data\"]}\n"
        "  d: {image: i, network_mode: \"service:e\"}\n"
        "  e: {image: i, volumes_from: [\"f:ro\"]}\n"
        "  f: {image: i, depends_on: [a]}\n"
        "  g: {image: i}\n";
    const compose_project project(in.add("compose.yaml", text), text);
    for (const std::string_view other : {"b", "c", "d", "e", "f"}) {
        EXPECT_TRUE(project.depends("a", other)) << other;
    }
    EXPECT_FALSE(project.depends("a", "g"));
    EXPECT_FALSE(project.depends("g", "a"));
    EXPECT_FALSE(project.depends("none", "a"));
}

TEST(ComposeProject, AFileThatMayBeAddedToAnotherIsNotWhole) {
    test_folder in;
    in.add("docker-compose.yml", "services:\n  web: {image: own:1, stop_signal: SIGINT}\n");
    const std::string_view text = "services:\n  web: {init: true}\n  debug: {image: own:2}\n";
    const compose_project project(in.add("docker-compose.dev.yml", text), text);
    EXPECT_FALSE(project.find("web")->is_absent("stop_grace_period"));
    EXPECT_EQ(project_text(project, project.find("web")->get("stop_signal")), "SIGINT");
    EXPECT_TRUE(project.find("debug")->is_absent("stop_grace_period"));
}

}  // namespace
}  // namespace lastcall::lint

// What compose files are told beyond which rule fires on which line (rules/corpus_test.cpp).
#include <gtest/gtest.h>

#include <iterator>

#include "lint/engine/folder.hpp"
#include "lint/engine/linter.hpp"

namespace lastcall::lint {
namespace {

std::vector<finding> lint_compose(const test_folder& in, bool fixes = false) {
    using namespace std::chrono;
    std::vector<finding> made;
    lint({{in.path()}, year(2026) / 6 / 1, fixes}, [&](std::span<const finding> found) {
        made.insert(made.end(), found.begin(), found.end());
    });
    return made;
}

std::string compose_content(const std::filesystem::path& file) {
    std::ifstream from(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(from), {}};
}

TEST(Compose, MendsWhatNeedsNoDecisionAndFindsNothingThen) {
    test_folder in;
    const auto file = in.add("compose.yaml",
                             "services:\n"
                             "  web:\n    image: node:20   # stays\n    restart: always\n"
                             "    command: sh -c \"prepare \\\"x\\\" && server\"\n"
                             "  vpn:\n    image: example.com/vpn:1\n    container_name: vpn\n"
                             "  api:\n    image: example.com/api:1\n"
                             "    network_mode: \"container:vpn\"\n");
    for (const finding& one : lint_compose(in, true)) {
        EXPECT_TRUE(one.is_fixed) << one.broken->id;
    }
    EXPECT_EQ(compose_content(file),
              "services:\n"
              "  web:\n    image: node:20   # stays\n    restart: always\n"
              "    command: sh -c \"prepare \\\"x\\\" && exec server\"\n"
              "  vpn:\n    image: example.com/vpn:1\n    container_name: vpn\n"
              "  api:\n    image: example.com/api:1\n"
              "    network_mode: \"service:vpn\"\n");
    EXPECT_TRUE(lint_compose(in, true).empty());
}

TEST(Compose, WhatTheImageNeedsIsToldWhereTheComposeFileIs) {
    test_folder in;
    in.add("web/Dockerfile",
           "FROM python:3.12\n\n\n\n\nCOPY . /srv\n"
           "CMD [\"gunicorn\", \"--graceful-timeout\", \"60\", \"shop:app\"]\n");
    const auto file = in.add("compose.yaml",
                             "services:\n  web:\n    build: web\n    container_name: web\n"
                             "    stop_grace_period: 90s\n");
    const auto script = in.add("stop.sh", "#!/bin/sh\ndocker stop -t 20 web\n");
    bool is_told = false;
    for (const finding& one : lint_compose(in)) {
        for (const further_place& each : one.further) {
            if (each.what != "D: --graceful-timeout of gunicorn") {
                continue;
            }
            is_told = true;
            const auto text = bytes_of(each.file);
            EXPECT_LT(each.at.offset, text.size()) << each.file;
            EXPECT_EQ(each.file, file.string());
            EXPECT_EQ(each.at.line, 2U) << "the service, not a line of the Dockerfile";
        }
    }
    EXPECT_TRUE(is_told);
}

TEST(Compose, PutsAnInitInFrontOfAProgramWithoutAHandler) {
    test_folder in;
    in.add("server.js", "listen();\n");
    in.add("Dockerfile",
           "FROM node:20\nCOPY server.js /app/\n"
           "# lastcall: ignore=D07 reason=\"compose.yaml puts an init in front\"\n"
           "CMD [\"node\", \"/app/server.js\"]\n");
    const auto file =
        in.add("compose.yaml", "services:\n  web:\n    build: .\n    ports: [\"80:80\"]\n");
    (void)lint_compose(in, true);
    EXPECT_EQ(compose_content(file),
              "services:\n  web:\n    init: true\n    build: .\n    ports: [\"80:80\"]\n");
    (void)lint_compose(in, true);
    EXPECT_EQ(compose_content(file),
              "services:\n  web:\n    init: true\n    build: .\n    ports: [\"80:80\"]\n");
}

TEST(Compose, NothingIsPutIntoAWordOfATextWithoutQuotes) {
    test_folder in;
    const auto file = in.add("compose.yaml",
                             "services:\n  web:\n    image: node:20\n    restart: always\n"
                             "    command: sh -c server\n"
                             "  api:\n    image: node:20\n    restart: always\n"
                             "    command: [sh, -c, server]\n");
    EXPECT_EQ(lint_compose(in, true).size(), 2U);
    EXPECT_EQ(compose_content(file),
              "services:\n  web:\n    image: node:20\n    restart: always\n"
              "    command: sh -c server\n"
              "  api:\n    image: node:20\n    restart: always\n"
              "    command: [sh, -c, exec server]\n");
}

TEST(Compose, AFindingInAFoldedTextStandsAtItsCommand) {
    test_folder in;
    in.add("compose.yaml",
           "services:\n  web:\n    image: node:20\n    restart: always\n    command: >-\n"
           "      sh -c 'prepare ${LEVEL:-info} &&\n      server --port 80'\n");
    const auto found = lint_compose(in);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].broken->id, "C05");
    EXPECT_EQ(found[0].at.line, 7U);
    EXPECT_EQ(found[0].at.column, 7U);
    EXPECT_EQ(found[0].at.size, std::string_view("server --port 80").size());
}

TEST(Compose, AUsedServiceIsShownWhereItsHostIsNamed) {
    test_folder in;
    in.add("compose.yaml",
           "services:\n  web:\n    image: example.com/web:1\n    environment:\n"
           "      - DATABASE_URL=postgres://db:${PASSWORD}@db/db\n  db:\n    image: postgres:16\n");
    const auto found = lint_compose(in);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().broken->id, "C06");
    EXPECT_EQ(found.front().at.column, 48U);
    EXPECT_EQ(found.front().at.size, 2U);
}

TEST(Compose, AFindingStandsInTheFileWhoseValueDecides) {
    test_folder in;
    in.add("docker-compose.yml",
           "services:\n  web:\n    image: python:3.12\n    stop_grace_period: 60s\n"
           "    command: gunicorn --graceful-timeout 30 app\n");
    in.add("docker-compose.override.yml", "services:\n  web:\n    stop_grace_period: 20s\n");
    const auto found = lint_compose(in);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].file.ends_with("docker-compose.override.yml"));
    EXPECT_EQ(found[0].at.line, 3U);
    EXPECT_EQ(found[0].fix, "stop_grace_period: 34s");
}

TEST(Compose, OfCirclesAndGarbageFindsAnEnd) {
    test_folder in;
    std::string text = "services:\n  a: {extends: b, depends_on: [b]}\n  b: {extends: a}\n";
    for (int i = 0; i < 500; ++i) {
        text += "  s" + std::to_string(i) +
                ":\n    image: [7]\n    build: {context: 3, args: 4}\n    depends_on: [s1, s2]\n"
                "    command: sh -c '$( if (('\n    environment: [A, {}, 7]\n"
                "    pre_stop: {a: b}\n    deploy: x\n    stop_grace_period: -5s\n";
    }
    in.add("compose.yaml", text + "  <<: *nothing\n  web: [\n");
    (void)lint_compose(in);
    in.add("compose.yaml", "services: [a, b]\n");
    EXPECT_TRUE(lint_compose(in).empty());
}

}  // namespace
}  // namespace lastcall::lint

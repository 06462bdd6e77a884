#include "lint/yaml/yaml_file.hpp"

#include <gtest/gtest.h>

#include "lint/yaml/yaml_ref.hpp"
#include "support/sanitized.hpp"

namespace lastcall::lint {
namespace {

struct read_text {
    explicit read_text(std::string given) : text(std::move(given)), file(read_yaml(text)) {}

    std::string text;
    yaml_file file;

    [[nodiscard]] yaml_ref root(std::size_t index = 0) const {
        return index < file.documents.size() ? yaml_ref(file, file.documents[index]) : yaml_ref();
    }
    [[nodiscard]] yaml_ref at(std::string_view path) const { return root().path(path); }
    /// The bytes of the file at the place of the value.
    [[nodiscard]] std::string bytes(const yaml_ref& of) const {
        return text.substr(of.where().offset, of.where().size);
    }
    [[nodiscard]] std::vector<std::string> problems() const {
        std::vector<std::string> made;
        for (const auto& one : file.problems) {
            made.push_back(std::to_string(one.at.line) + ": " + one.text);
        }
        return made;
    }
};

TEST(Yaml, EveryValueHasItsPlace) {
    const read_text read(
        "a: one\n\"b\": 'it''s'\nc:\n  - x: &n 1\n    y: !Ref two words\n  - [p, {q: \"r\"}]\nd: "
        "|\n  x\n"
        "  y\ne:\nf: a\n  b\ng: *n\n");
    ASSERT_TRUE(read.problems().empty()) << read.problems()[0];
    const std::pair<const char*, const char*> cases[] = {
        {"a", "one"},           {"b", "'it''s'"},
        {"c[0].x", "1"},        {"c[0].y", "two words"},
        {"c[1][0]", "p"},       {"c[1][1].q", "\"r\""},
        {"d", "|\n  x\n  y\n"}, {"e", ""},
        {"f", "a\n  b"},        {"g", "1"},
    };
    for (const auto& [path, bytes] : cases) {
        ASSERT_TRUE(read.at(path)) << path;
        EXPECT_EQ(read.bytes(read.at(path)), bytes) << path;
    }
    EXPECT_EQ(read.at("g").used_at().line, 13U);
    EXPECT_EQ(read.at("c[0].y").where().column, 13U);
    EXPECT_EQ(read.at("c[0].y").node()->tag, "!Ref");
    EXPECT_EQ(read.at("f").text(), "a b");
    EXPECT_TRUE(read.at("e").is_null());
    EXPECT_FALSE(read.at("c[2]"));
    EXPECT_FALSE(read.at("a.b.c"));
    EXPECT_EQ(read.bytes(read.root().key("b")), "\"b\"");
}

TEST(Yaml, AScriptInAValueHasItsPlacesToo) {
    const read_text read(
        "a: |\n  one\n\n    two\n  three\nb: >-\n  x\n  y\n\n  z\nc: \"p\\tq\\\n  r\\x41\"\nd: "
        "'k\n  l'\n"
        "e: [sh, -c, \"exec app\"]\nf:\n- |2\n   g\n");
    ASSERT_TRUE(read.problems().empty()) << read.problems()[0];
    const auto line_of = [&](const std::string& path, std::string_view part) {
        const auto source = read.at(path).source();
        EXPECT_EQ(source.text(), read.at(path).text()) << path;
        return source.place_of(source.text().find(part), part.size(), read.file.lines);
    };
    EXPECT_EQ(line_of("a", "three").line, 5U);
    EXPECT_EQ(line_of("a", "three").column, 3U);
    EXPECT_EQ(line_of("a", "two").column, 5U);
    EXPECT_EQ(read.at("b").text(), "x y\nz");
    EXPECT_EQ(line_of("b", "z").line, 10U);
    EXPECT_EQ(read.at("c").text(), "p\tqrA");
    EXPECT_EQ(line_of("c", "r").line, 12U);
    EXPECT_EQ(line_of("c", "A").size, 4U);
    EXPECT_EQ(line_of("d", "l").line, 14U);
    EXPECT_EQ(line_of("e[2]", "app").column, 19U);
    EXPECT_EQ(line_of("f[0]", "g").line, 18U);
}

TEST(Yaml, OneBrokenDocumentLeavesTheOthers) {
    const read_text read(
        "a: 1\n---\nb: [1, 2\nc: }\n---\n# only a comment\n---\nd: 4\n...\ne: 5\n");
    EXPECT_EQ(read.file.problems.size(), 1U);
    EXPECT_EQ(read.file.problems[0].at.line, 4U) << read.problems()[0];
    ASSERT_EQ(read.file.documents.size(), 4U);
    EXPECT_FALSE(read.file.documents[1].is_whole);
    EXPECT_EQ(read.root(1).path("b[0]").integer(), 1);
    EXPECT_EQ(read.root(2).get("d").integer(), 4);
    EXPECT_EQ(read.root(2).get("d").where().line, 8U);
    EXPECT_EQ(read.root(3).get("e").integer(), 5);
}

TEST(Yaml, WhatWouldHangItsReaderIsAProblem) {
    const read_text read("{a: b}, c\n---\nd: 1\n");
    EXPECT_EQ(read.file.problems.size(), 1U);
    EXPECT_EQ(read.root(1).get("d").integer(), 1);
}

TEST(Yaml, MergeKeysAreApplied) {
    const read_text read(
        "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  <<: [*x, *y]\n  a: 9\nw: &w\n  <<: *x\nv:\n "
        " <<: "
        "*w\nu:\n  '<<': 1\nt:\n  <<: 5\n");
    EXPECT_EQ(read.at("z.a").integer(), 9);
    EXPECT_EQ(read.at("z.b").integer(), 2) << "the earlier one wins";
    EXPECT_EQ(read.at("z.c").integer(), 4);
    EXPECT_EQ(read.at("z.c").where().line, 2U);
    EXPECT_EQ(read.at("v.a").integer(), 1) << "merged through another one";
    EXPECT_EQ(read.at("u").entries().size(), 1U);
    ASSERT_EQ(read.file.problems.size(), 1U);
    EXPECT_EQ(read.file.problems[0].at.line, 13U);
}

TEST(Yaml, AKeyTwiceIsAProblemAndTheFirstHolds) {
    const read_text read("a: 1\nb: 2\na: 3\n");
    ASSERT_EQ(read.file.problems.size(), 1U);
    EXPECT_EQ(read.file.problems[0].at.line, 3U);
    EXPECT_EQ(read.at("a").integer(), 1);
}

TEST(Yaml, ValuesHaveTheTypesOfOneDotOne) {
    const read_text read(
        "[yes, No, on, 'yes', 010, 0x1F, 0o17, 1_000, -5, \"5\", 1.5, ~, 08, +3, 1e3, -0x10, y, "
        "maybe]\n");
    const auto at = [&](std::size_t index) { return read.root().at(index); };
    EXPECT_EQ(at(0).boolean(), true);
    EXPECT_EQ(at(1).boolean(), false);
    EXPECT_EQ(at(2).boolean(), true);
    EXPECT_EQ(at(3).boolean(), std::nullopt);
    EXPECT_EQ(at(4).integer(), 8);
    EXPECT_EQ(at(5).integer(), 31);
    EXPECT_EQ(at(6).integer(), 15);
    EXPECT_EQ(at(7).integer(), 1000);
    EXPECT_EQ(at(8).integer(), -5);
    EXPECT_EQ(at(9).integer(), std::nullopt);
    EXPECT_EQ(at(9).text(), "5");
    EXPECT_EQ(at(10).number(), 1.5);
    EXPECT_TRUE(at(11).is_null());
    EXPECT_EQ(at(12).integer(), std::nullopt);
    EXPECT_EQ(at(13).integer(), 3);
    EXPECT_EQ(at(14).number(), 1000);
    EXPECT_EQ(at(15).integer(), -16);
    EXPECT_EQ(at(16).boolean(), true);
    EXPECT_EQ(at(17).boolean(), std::nullopt);
}

TEST(Yaml, CommentsAreToldFromTexts) {
    const read_text read(
        "# one\na: b # two\nc: 'x # no'\nd: \"y\n  # no\" # three\ne: | # four\n  # no\n  z\n# "
        "five\nf: a#b\n");
    ASSERT_TRUE(read.problems().empty()) << read.problems()[0];
    std::vector<std::string> texts;
    for (const auto& one : read.file.comments) {
        texts.push_back((one.is_alone ? "" : "+") + std::string(one.text));
    }
    EXPECT_EQ(texts,
              (std::vector<std::string>{"# one", "+# two", "+# three", "+# four", "# five"}));
}

TEST(Yaml, StatementsAreKeysWithAllThatIsBelowThem) {
    const read_text read("a:\n  b: 1\n  c:\n    - x\n    - |\n      y\nd: 2\n");
    EXPECT_EQ(read.file.statements(),
              (std::vector<statement_lines>{{1, 6}, {2, 2}, {3, 6}, {4, 4}, {5, 6}, {7, 7}}));
}

TEST(Yaml, WindowsLineEndsAMarkAndControlsAreRead) {
    const read_text read(
        "\xEF\xBB\xBF"
        "a: 1\r\nb:\r\n  - x\r\n  - 'y'\r\nc: \x04z\r\n");
    EXPECT_EQ(read.at("a").integer(), 1);
    EXPECT_EQ(read.bytes(read.at("b[1]")), "'y'");
    EXPECT_EQ(read.at("b[1]").where().line, 4U);
    EXPECT_EQ(read.at("c").text(), "z");
    EXPECT_EQ(read.file.problems.size(), 1U);
    EXPECT_EQ(read_text("\xFF\xFE"
                        "a")
                  .file.problems.size(),
              1U);
    EXPECT_TRUE(read_text("").file.documents.empty());
}

TEST(Template, UnknownValuesAreKnownToBeUnknown) {
    const read_text read(
        "{{- if .Values.on }}\napiVersion: v1\n{{- end }}\nspec:\n  n: {{ .Values.n }}\n"
        "  image: \"{{ .repo }}:{{ .tag }}\"\n  grace: 30\n  labels:\n    {{- include \"x\" . | "
        "nindent 4 }}\n"
        "    app: web\n  env:\n    {{- toYaml .Values.env | nindent 4 }}\n  {{ .key }}: 1\n  last: "
        "'x'\n");
    ASSERT_TRUE(read.problems().empty()) << read.problems()[0];
    EXPECT_TRUE(read.file.is_template);
    EXPECT_TRUE(read.at("apiVersion").is_conditional());
    EXPECT_FALSE(read.at("spec").is_conditional());
    EXPECT_TRUE(read.at("spec.n").is_unknown());
    EXPECT_EQ(read.at("spec.n").text(), std::nullopt);
    EXPECT_EQ(read.at("spec.n").where().column, 6U);
    EXPECT_TRUE(read.at("spec.image").is_unknown());
    EXPECT_EQ(read.at("spec.grace").integer(), 30);
    EXPECT_TRUE(read.at("spec.labels").may_have_more());
    EXPECT_EQ(read.at("spec.labels.app").text(), "web");
    EXPECT_TRUE(read.at("spec.env").is_unknown());
    EXPECT_TRUE(read.at("spec").may_have_more());
    EXPECT_FALSE(read.at("spec.last").is_unknown());
    EXPECT_EQ(read.at("spec.last").where().line, 14U);
}

TEST(Template, TheTwoSidesOfAnIfAreNoKeyTwice) {
    const read_text read("{{ if .a }}\nx: 1\n{{ else }}\nx: 2\n{{ end }}\ny: 3\n");
    EXPECT_TRUE(read.problems().empty());
    EXPECT_TRUE(read.at("x").is_unknown());
    EXPECT_EQ(read.at("y").integer(), 3);
}

TEST(Template, ActionsOverSeveralLinesAndOpenOnes) {
    const read_text read(
        "a: 1\n{{/* b: }}\n2 */}}\nc: {{ printf \"}}\" }}\nd: 4\ne: {{ open\nf: 5\n");
    EXPECT_EQ(read.file.problems.size(), 1U);
    EXPECT_EQ(read.file.problems[0].at.line, 6U);
    EXPECT_EQ(read.at("d").integer(), 4);
    EXPECT_TRUE(read.at("c").is_unknown());
    EXPECT_FALSE(read.at("b"));
}

TEST(Yaml, LaughsAreLimited) {
    std::string laughs = "a0: &a0 {k: 1}\n";
    for (int i = 1; i < 40; ++i) {
        const auto below = std::to_string(i - 1);
        laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + below + ", *a" +
                  below + ", *a" + below + "]\n";
    }
    EXPECT_TRUE(read_text(laughs).problems().empty())
        << "an alias costs nothing until it is followed";
    std::string merges = "m0: &m0 {k0: 1}\n";
    for (int i = 1; i < 2000; ++i) {
        merges += "m" + std::to_string(i) + ": &m" + std::to_string(i) + " {<<: *m" +
                  std::to_string(i - 1) + ", k" + std::to_string(i) + ": 1}\n";
    }
    EXPECT_EQ(read_text(merges).file.problems.size(), 1U);
    EXPECT_EQ(read_text("a: &a [*a]\n").file.problems.size(), 1U);
}

TEST(Yaml, GarbageIsReadToItsEnd) {
    const std::string parts[] = {
        "[",    "- ",    "{a: ",       "? ",    "a: b\n", "\"",      "'x\n",     "|\n", "&a ",
        "*a ",  "---\n", "a:\n ",      "[a, ",  "#\n",    "{{ a\n",  "{{ if }}", "}}",  "!x ",
        "%a\n", "a\n",   "x: |\n y\n", "[a]: ", "a, ",    "- [ ]\n", "\t",       ": ",  "\"a\" "};
    for (const auto& part : parts) {
        std::string text;
        while (text.size() < (testing::is_sanitized ? 40'000U : 400'000U)) {
            text += part;
        }
        EXPECT_LE(read_yaml(text).documents.size(), 10'001U) << part;
    }
}

}  // namespace
}  // namespace lastcall::lint

#include "lint/rules/kubernetes/manifest.hpp"

#include <gtest/gtest.h>

namespace lastcall::lint {
namespace {

using std::chrono::seconds;

TEST(Manifest, HasTheWorkloadsOfAllDocumentsAndOfALists) {
    const auto file = read_yaml(
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, spec: {a: 1}}\n"
        "---\napiVersion: batch/v1\nkind: CronJob\n"
        "spec: {jobTemplate: {spec: {template: {spec: {b: 1}}}}}\n"
        "---\napiVersion: apps/v1\nkind: StatefulSet\nspec: {template: {spec: {c: 1}}}\n"
        "---\napiVersion: v1\nkind: Service\n"
        "---\napiVersion: serving.knative.dev/v1\nkind: Service\n");
    const auto all = read_manifest(file);
    ASSERT_EQ(all.workloads.size(), 3U);
    EXPECT_EQ(all.workloads[0].kind, "Pod");
    EXPECT_TRUE(all.workloads[0].pod.get("a"));
    EXPECT_EQ(all.workloads[1].kind, "CronJob");
    EXPECT_TRUE(all.workloads[1].pod.get("b"));
    EXPECT_EQ(all.workloads[2].kind, "StatefulSet");
    EXPECT_TRUE(all.workloads[2].pod.get("c"));
    EXPECT_EQ(all.services.size(), 1U);
}

TEST(Manifest, TakesAWorkloadWhoseVersionATemplateChooses) {
    const auto file = read_yaml(
        "apiVersion: {{ include \"version\" . }}\nkind: Deployment\n---\n"
        "apiVersion: {{ include \"version\" . }}\nkind: Service\n");
    const auto all = read_manifest(file);
    EXPECT_EQ(all.workloads.size(), 1U);
    EXPECT_TRUE(all.services.empty());
}

TEST(Manifest, AListThatHoldsItselfManyTimesIsNoMoreThanItsText) {
    std::string text = "apiVersion: v1\nkind: List\nitems:\n";
    text += "- &a0 {apiVersion: v1, kind: Pod, spec: {a: 1}}\n";
    for (int i = 1; i < 30; ++i) {
        const auto before = "*a" + std::to_string(i - 1);
        text += "- &a" + std::to_string(i) + " {apiVersion: v1, kind: List, items: [" + before +
                ", " + before + ", " + before + "]}\n";
    }
    EXPECT_EQ(read_manifest(read_yaml(text)).workloads.size(), 1U);
}

std::optional<seconds> grace_of(const std::string& spec) {
    const auto text = "apiVersion: v1\nkind: Pod\nspec:\n" + spec;
    const auto file = read_yaml(text);
    return read_manifest(file).workloads.at(0).grace();
}

TEST(Manifest, KnowsTheGracePeriodWhereNoTemplateDecidesIt) {
    EXPECT_EQ(grace_of("  terminationGracePeriodSeconds: 45\n"), seconds(45));
    EXPECT_EQ(grace_of("  nodeName: a\n"), seconds(30));
    EXPECT_EQ(grace_of("  terminationGracePeriodSeconds: null\n"), seconds(30));
    EXPECT_EQ(grace_of("  terminationGracePeriodSeconds: {{ .Values.grace }}\n"), std::nullopt);
    EXPECT_EQ(grace_of("  nodeName: a\n  {{- include \"more\" . | nindent 2 }}\n"), std::nullopt);
    EXPECT_EQ(grace_of("  terminationGracePeriodSeconds: -1\n"), std::nullopt);
    EXPECT_EQ(grace_of("  terminationGracePeriodSeconds: soon\n"), std::nullopt);
}

TEST(Manifest, ASelectorSelectsWhatHasAllItsLabels) {
    const auto selects_in = [](const std::string& text) {
        const auto file = read_yaml(text);
        const auto root = roots(file).at(0);
        return selects(root.get("s"), root.get("l"));
    };
    EXPECT_TRUE(selects_in("{s: {a: b}, l: {a: b, c: d}}"));
    EXPECT_FALSE(selects_in("{s: {a: b, c: d}, l: {a: b}}"));
    EXPECT_FALSE(selects_in("{s: {a: b}, l: {a: c}}"));
    EXPECT_FALSE(selects_in("{s: {}, l: {a: b}}"));
    EXPECT_FALSE(selects_in("{l: {a: b}}"));
    EXPECT_FALSE(selects_in("s: {a: \"{{ .x }}\"}\nl: {a: \"{{ .x }}\"}\n"));
}

TEST(Manifest, AShareIsANumberOrAPercentage) {
    const auto read = [](const std::string& text) {
        const auto file = read_yaml("v: " + text);
        return share_of(roots(file).at(0).get("v"));
    };
    EXPECT_EQ(read("3")->value, 3);
    EXPECT_FALSE(read("3")->is_percent);
    EXPECT_EQ(read("25%")->value, 25);
    EXPECT_TRUE(read("\"25%\"")->is_percent);
    EXPECT_FALSE(read("all"));
    EXPECT_FALSE(read("\"%\""));
    EXPECT_FALSE(read("{{ .x }}"));
}

}  // namespace
}  // namespace lastcall::lint

// What manifests are told beyond which rule fires on which line (rules/corpus_test.cpp).
#include <gtest/gtest.h>

#include <iterator>

#include "lint/engine/folder.hpp"
#include "lint/engine/linter.hpp"

namespace lastcall::lint {
namespace {

std::vector<finding> lint_folder(const test_folder& in, bool fixes = false) {
    using namespace std::chrono;
    std::vector<finding> made;
    lint({{in.path()}, year(2026) / 6 / 1, fixes}, [&](std::span<const finding> found) {
        made.insert(made.end(), found.begin(), found.end());
    });
    return made;
}

std::string content_of(const std::filesystem::path& file) {
    std::ifstream from(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(from), {}};
}

TEST(Kubernetes, AFindingInABlockOfAScriptStandsAtItsCommand) {
    test_folder in;
    in.add("pod.yaml",
           "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: web\n"
           "      command: [sh, -c]\n      args:\n        - |\n"
           "          prepare\n          server --port 80\n");
    const auto found = lint_folder(in);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].broken->id, "K12");
    EXPECT_EQ(found[0].at.line, 10U);
    EXPECT_EQ(found[0].at.column, 11U);
    EXPECT_EQ(found[0].at.size, std::string_view("server --port 80").size());
}

TEST(Kubernetes, MendsAScriptAtItsPlaceAndFindsNothingThen) {
    test_folder in;
    const std::string begin =
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: web\n"
        "      command: [sh, -c, \"prepare && ";
    const auto file = in.add("pod.yaml", begin + "server\"] # stays\n");
    const auto found = lint_folder(in, true);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].is_fixed);
    EXPECT_EQ(content_of(file), begin + "exec server\"] # stays\n");
    EXPECT_TRUE(lint_folder(in, true).empty());
}

TEST(Kubernetes, AShellInAJobIsToKnowOnly) {
    test_folder in;
    in.add("job.yaml",
           "apiVersion: batch/v1\nkind: Job\nspec:\n  template:\n    spec:\n      containers:\n"
           "        - name: copy\n          command: [sh, -c, \"prepare && copy\"]\n");
    const auto found = lint_folder(in);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].broken->id, "K12");
    EXPECT_EQ(found[0].how, severity::note);
}

TEST(Kubernetes, SaysWhichGracePeriodWouldDo) {
    test_folder in;
    in.add("pod.yaml",
           "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: web\n"
           "      command: [gunicorn, --graceful-timeout=90, app]\n      lifecycle:\n"
           "        preStop: {sleep: {seconds: 9}}\n");
    const auto found = lint_folder(in);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].fix, "terminationGracePeriodSeconds: 110");
    in.add("pod.yaml",
           "apiVersion: v1\nkind: Pod\nspec:\n  terminationGracePeriodSeconds: 110\n"
           "  containers:\n    - name: web\n"
           "      command: [gunicorn, --graceful-timeout=90, app]\n      lifecycle:\n"
           "        preStop: {sleep: {seconds: 9}}\n");
    EXPECT_TRUE(lint_folder(in).empty());
}

TEST(Kubernetes, ReportsWhatIsNoYamlButNotOfATemplate) {
    test_folder in;
    const std::string text = "apiVersion: v1\nkind: Pod\nspec: [\n";
    in.add("pod.yaml", text);
    const auto found = lint_folder(in);
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found[0].broken->id, "G02");
    in.add("pod.yaml", "{{ $x := 1 }}\n" + text);
    EXPECT_TRUE(lint_folder(in).empty());
}

TEST(Kubernetes, AFileInAConfigMapIsMendedInABlockOnly) {
    test_folder in;
    const std::string begin = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n";
    const auto block = in.add("a.yaml", begin +
                                            "  application.properties: |\n    # of web\n"
                                            "    server.shutdown=immediate\n");
    const auto quoted =
        in.add("b.yaml", begin + "  application.properties: \"server.shutdown=immediate\\na=b\"\n");
    const auto found = lint_folder(in, true);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_TRUE(found[0].is_fixed);
    EXPECT_FALSE(found[1].is_fixed);
    EXPECT_TRUE(found[1].edits.empty());
    EXPECT_EQ(found[1].at.line, 5U);
    EXPECT_EQ(content_of(block), begin +
                                     "  application.properties: |\n    # of web\n"
                                     "    server.shutdown=graceful\n");
    EXPECT_NE(content_of(quoted).find("immediate"), std::string::npos);
}

TEST(Kubernetes, OfAConfigMapAFileWithOthersOfItsProgramIsNotJudged) {
    test_folder in;
    const std::string begin =
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  haproxy.cfg: |\n    global\n"
        "      maxconn 100\n    frontend web\n      bind :80\n";
    in.add("a.yaml", begin);
    EXPECT_EQ(lint_folder(in).size(), 1U);
    in.add("a.yaml", begin + "  limits.cfg: |\n    global\n      nbthread 2\n");
    EXPECT_TRUE(lint_folder(in).empty());
}

TEST(Kubernetes, ASinglePodMayHaveToGoFirst) {
    test_folder in;
    const std::string text =
        "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"
        "    spec:\n      containers: [{name: web, image: example.com/web, readinessProbe: "
        "{httpGet: {path: /, port: 80}}, lifecycle: {preStop: {sleep: {seconds: 5}}}}]\n---\n"
        "apiVersion: v1\nkind: Service\nspec: {selector: {app: web}, ports: [{port: 80}]}\n";
    const std::string begin = "apiVersion: apps/v1\nkind: Deployment\nspec:\n";
    in.add("web.yaml", begin + "  replicas: 2\n  strategy: {type: Recreate}\n" + text);
    auto found = lint_folder(in);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].how, severity::warning);
    EXPECT_EQ(found[0].sure, confidence::likely);
    in.add("web.yaml", begin + "  replicas: 1\n  strategy: {type: Recreate}\n" + text);
    found = lint_folder(in);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].how, severity::note);
    EXPECT_EQ(found[0].sure, confidence::hint);
}

TEST(Kubernetes, AnImageThatIsNotKnownMayHaveTheSignalOfTheHook) {
    test_folder in;
    in.add("pod.yaml",
           "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: web\n"
           "      image: example.com/web\n      lifecycle:\n"
           "        preStop: {exec: {command: [nginx, -s, quit]}}\n");
    const auto found = lint_folder(in);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].broken->id, "K06");
    EXPECT_EQ(found[0].sure, confidence::hint);
}

TEST(Kubernetes, AShorterGraceOfAProbeIsToKnowUnlessItIsNone) {
    test_folder in;
    const std::string begin =
        "apiVersion: v1\nkind: Pod\nspec:\n  terminationGracePeriodSeconds: 600\n"
        "  containers:\n    - name: web\n      livenessProbe:\n"
        "        terminationGracePeriodSeconds: ";
    in.add("pod.yaml", begin + "60\n");
    auto found = lint_folder(in);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].how, severity::note);
    in.add("pod.yaml", begin + "1\n");
    found = lint_folder(in);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].how, severity::warning);
}

TEST(Kubernetes, OfGarbageFindsAnEnd) {
    test_folder in;
    std::string text = "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a}]}\n";
    for (int i = 0; i < 3000; ++i) {
        text +=
            "---\napiVersion: v1\nkind: Pod\nspec:\n  terminationGracePeriodSeconds: 0\n"
            "  containers: [{command: [sh, -c, \"$( if ((\"]}, 7, [], {lifecycle: 3}]\n";
    }
    in.add("pod.yaml", text);
    EXPECT_GE(lint_folder(in).size(), 3000U);
}

}  // namespace
}  // namespace lastcall::lint

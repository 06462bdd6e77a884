#include "lint/chain/chain_rules.hpp"

#include <gtest/gtest.h>

#include "lint/chain/formula.hpp"

namespace lastcall::lint {
namespace {

using namespace std::chrono_literals;

kept_place at_line(const std::string& file, std::uint32_t line) {
    kept_place made;
    made.file = file;
    made.at.line = line;
    return made;
}

budget_digest container_of(const std::string& image, std::chrono::milliseconds kill) {
    budget_digest made;
    made.kind = digest_kind::container;
    made.name = "Deployment web";
    made.image = image;
    made.where = at_line("web.yaml", 5);
    made.kill = budget_term{kill, "terminationGracePeriodSeconds", at_line("web.yaml", 7)};
    return made;
}

budget_digest image_in(const std::string& folder, std::chrono::milliseconds drain) {
    budget_digest made;
    made.kind = digest_kind::image;
    made.name = "the image";
    made.program = "gunicorn";
    made.folder = folder;
    made.path = folder + "/Dockerfile";
    made.where = at_line(made.path, 3);
    if (drain.count() > 0) {
        made.drain = budget_term{drain, "--graceful-timeout", at_line(made.path, 3)};
    }
    return made;
}

std::vector<finding> judged(const std::vector<budget_digest>& all,
                            const profile& under = usual_profile()) {
    digest_store kept;
    for (const budget_digest& one : all) {
        kept.add(one);
    }
    return judge_chain(kept, under);
}

TEST(Chain, SaysInLettersWhatIsNotKnown) {
    EXPECT_EQ((budget_sum{0ms, std::nullopt, 30s}.text()), "L + D + M 3 s <= K 30 s");
    EXPECT_EQ((budget_sum{5s, 60s, 45s}.text()), "P 5 s + L + D 60 s + M 4.5 s > K 45 s");
    EXPECT_TRUE((budget_sum{0ms, 28s, 30s}.breaks()));
    EXPECT_FALSE((budget_sum{0ms, 27s, 30s}.breaks()));
}

TEST(Chain, NamesEachLink) {
    const auto made = judged({container_of("example.com/web", 30s), image_in("/src/web", 40s)});
    ASSERT_EQ(made.size(), 1U);
    EXPECT_EQ(made[0].broken->id, "CH01");
    EXPECT_EQ(made[0].file, "web.yaml");
    EXPECT_EQ(made[0].at.line, 7U);
    ASSERT_EQ(made[0].further.size(), 1U);
    EXPECT_EQ(made[0].further[0].file, "/src/web/Dockerfile");
    EXPECT_EQ(made[0].further[0].what, "D: --graceful-timeout");
    EXPECT_EQ(made[0].sure, confidence::hint);
}

TEST(Chain, DoesNotJoinWhatIsNotClear) {
    EXPECT_TRUE(judged({container_of("example.com/web", 30s), image_in("/a/web", 40s),
                        image_in("/b/web", 20s)})
                    .empty());
    EXPECT_TRUE(judged({container_of("example.com/api", 30s), image_in("/a/web", 40s)}).empty());
}

TEST(Chain, ABuildSaysWhichImageItIs) {
    budget_digest build;
    build.kind = digest_kind::build;
    build.image = "example.com/api";
    build.folder = "/b/web";
    build.where = at_line("build.sh", 2);
    const auto made = judged({container_of("example.com/api", 30s), image_in("/a/web", 20s),
                              image_in("/b/web", 40s), build});
    ASSERT_EQ(made.size(), 1U);
    EXPECT_EQ(made[0].further.back().what, "builds the image");
    EXPECT_EQ(made[0].sure, confidence::likely);
}

TEST(Chain, WithoutAPlatformTheProfileSaysWhenItIsKilled) {
    EXPECT_TRUE(judged({image_in("/src/web", 40s)}).empty());
    const auto made = judged({image_in("/src/web", 40s)}, *find_profile("kubernetes"));
    ASSERT_EQ(made.size(), 1U);
    EXPECT_EQ(made[0].file, "/src/web/Dockerfile");
}

TEST(Chain, KeepsNoMoreThanItsLimit) {
    digest_store kept;
    for (std::size_t i = 0; i < digest_limit + 10; ++i) {
        kept.add(image_in("/src/" + std::to_string(i), 40s));
    }
    EXPECT_EQ(kept.size(), digest_limit);
    EXPECT_EQ(kept.left_out(), 10U);
    EXPECT_TRUE(judge_chain(kept, usual_profile()).empty());
}

}  // namespace
}  // namespace lastcall::lint

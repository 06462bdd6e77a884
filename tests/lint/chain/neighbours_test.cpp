#include "lint/chain/neighbours.hpp"

#include <gtest/gtest.h>

namespace lastcall::lint {
namespace {

budget_digest image_at(const std::string& folder) {
    budget_digest made;
    made.kind = digest_kind::image;
    made.folder = folder;
    return made;
}

budget_digest pod_in(const std::string& file) {
    budget_digest made;
    made.kind = digest_kind::container;
    made.labels = {"app=web"};
    made.said_in = file;
    return made;
}

TEST(Neighbours, FoldersAreThoseOfWholeNames) {
    EXPECT_EQ(folder_of("/a/b/c"), "/a/b");
    EXPECT_EQ(folder_of("/a"), "");
    EXPECT_EQ(folder_of("a"), "");
    EXPECT_TRUE(is_below("/a/b/c", "/a/b"));
    EXPECT_TRUE(is_below("/a/b", "/a/b"));
    EXPECT_TRUE(is_below("/a/b", ""));
    EXPECT_FALSE(is_below("/a/bc", "/a/b"));
    EXPECT_FALSE(is_below("/a", "/a/b"));
}

TEST(Neighbours, AManifestIsAboutTheImagesOfItsOwnProject) {
    const std::vector<budget_digest> all{pod_in("/r/shop/k8s/web.yaml"), image_at("/r/shop/api"),
                                         image_at("/r/blog/web"),        image_at("/r/shop/web"),
                                         pod_in("/r/all.yaml"),          image_at("/r/blog")};
    const projects in(all);
    EXPECT_TRUE(in.is_one(all[0], all[1]));
    EXPECT_TRUE(in.is_one(all[0], all[3]));
    EXPECT_FALSE(in.is_one(all[0], all[2]));
    EXPECT_TRUE(in.is_one(all[4], all[2]));
    EXPECT_FALSE(in.is_one(all[4], all[3])) << "shop has a manifest of its own";
}

TEST(Neighbours, AManifestBesideTheImageIsOfItsProject) {
    const std::vector<budget_digest> all{pod_in("/r/web/deploy.yaml"), image_at("/r/web"),
                                         pod_in("/r/prod/web.yaml")};
    const projects in(all);
    EXPECT_TRUE(in.is_one(all[0], all[1]));
    EXPECT_FALSE(in.is_one(all[2], all[1])) << "the image has a manifest beside it";
}

TEST(Neighbours, ANameThatOnlyBeginsLikeAnotherIsAnother) {
    const std::vector<budget_digest> all{pod_in("/r/k8s/web.yaml"), image_at("/r/k8s-tools"),
                                         image_at("/r/web")};
    EXPECT_TRUE(projects(all).is_one(all[0], all[2]));
}

}  // namespace
}  // namespace lastcall::lint

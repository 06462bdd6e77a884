#include "lint/launch/launch_chain.hpp"

#include <gtest/gtest.h>

#include <map>

namespace lastcall::lint {
namespace {

using scripts = std::map<std::string, std::string>;

launch_chain follow(const std::vector<std::string>& words, const scripts& files = {}) {
    std::vector<mapped_text> given;
    for (const auto& one : words) {
        given.emplace_back(one, 0);
    }
    return follow_launch(given, "Dockerfile", std::make_shared<line_index>(""),
                         [&](const std::string& path) -> std::shared_ptr<const loaded_script> {
                             const auto found = files.find(path);
                             return found == files.end() ? nullptr
                                                         : std::make_shared<const loaded_script>(
                                                               found->first, found->second);
                         });
}

/// "sh > server", or with ? where it ends before the program.
std::string names_of(const launch_chain& chain) {
    std::string made;
    for (const launch_hop& one : chain.hops) {
        made += (made.empty() ? "" : " > ") + one.call.name;
    }
    return made + (chain.is_whole ? "" : " ?");
}

TEST(LaunchChain, GoesThroughWrappersAndShellsToTheProgram) {
    EXPECT_EQ(names_of(follow({"server", "-p", "80"})), "server");
    EXPECT_EQ(names_of(follow({"tini", "--", "gosu", "app", "/opt/server"})), "server");
    EXPECT_EQ(names_of(follow({"sh", "-c", "migrate && exec server"})), "sh > server");
    EXPECT_EQ(names_of(follow({"sh", "-c", "sh -c 'exec server'"})), "sh > sh > server");
    EXPECT_EQ(names_of(follow({"sh", "-c", "exec \"$@\"", "sh", "server", "x"})), "sh > server");
}

TEST(LaunchChain, ReadsTheScriptsThatAreAtHand) {
    const scripts files{{"/start.sh", "#!/bin/sh\nmigrate\nexec \"$@\"\n"},
                        {"/run.sh", "#!/bin/sh\nserver | tee log\n"}};
    EXPECT_EQ(names_of(follow({"/start.sh", "server", "x"}, files)), "start.sh > server");
    EXPECT_EQ(names_of(follow({"bash", "/start.sh", "/run.sh"}, files)), "bash > run.sh > server");
    EXPECT_EQ(follow({"/start.sh", "server", "x"}, files).program()->text(), "server x");
}

TEST(LaunchChain, EndsWhereNobodyKnowsMore) {
    EXPECT_EQ(names_of(follow({"bash", "/other.sh"})), "bash ?");
    EXPECT_EQ(names_of(follow({"sh", "-c", "exec $PROGRAM"})), "sh >  ?");
    EXPECT_EQ(names_of(follow({})), " ?");
    const scripts again{{"/a.sh", "#!/bin/sh\nexec /a.sh\n"}};
    const auto chain = follow({"/a.sh"}, again);
    EXPECT_LE(chain.hops.size(), 8U);
    EXPECT_EQ(chain.program(), nullptr);
}

TEST(LaunchChain, KnowsWhichInitTellsAllBelowIt) {
    const auto group = [](const std::vector<std::string>& words) {
        const auto chain = follow(words);
        return has_group_init(chain.hops.front());
    };
    EXPECT_TRUE(group({"dumb-init", "--", "x"}));
    EXPECT_FALSE(group({"dumb-init", "-c", "x"}));
    EXPECT_FALSE(group({"tini", "--", "x"}));
    EXPECT_TRUE(group({"tini", "-g", "--", "x"}));
    EXPECT_TRUE(group({"/sbin/tini", "-vg", "--", "x"}));
    EXPECT_TRUE(group({"lastcall-init", "--grace", "5s", "x"}));
    EXPECT_FALSE(group({"x", "-g"}));
}

}  // namespace
}  // namespace lastcall::lint

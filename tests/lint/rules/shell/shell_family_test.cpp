// What scripts are told beyond which rule fires on which line (rules/corpus_test.cpp).
#include <gtest/gtest.h>

#include "lint/engine/folder.hpp"
#include "lint/engine/linter.hpp"

namespace lastcall::lint {
namespace {

std::vector<finding> lint_scripts(const test_folder& in) {
    using namespace std::chrono;
    std::vector<finding> made;
    lint({{in.path()}, year(2026) / 6 / 1}, [&](std::span<const finding> found) {
        made.insert(made.end(), found.begin(), found.end());
    });
    return made;
}

struct told_script {
    std::string_view text;
    std::string_view rule;
    std::string_view what;
    std::string_view fix;
};

TEST(Scripts, AreToldWhatIsThereAndWhatToWrite) {
    constexpr told_script scripts[] = {
        {"kill $pid\nsleep 2s\nkill -9 $pid\n", "S15",
         "SIGKILL comes 2 s after the first signal, whether the program is done with its work or "
         "not",
         ""},
        {"exec 2>&1\nnginx -g 'daemon off;'\n", "S01",
         "the shell stays in front of \"nginx -g 'daemon off;'\" and does not pass the signal on",
         "exec nginx -g 'daemon off;'"},
        {"set -e\nserver &\npids=$!\ntrap 'kill \"${pids[@]}\"; wait || true' TERM\nwait\n", "S11",
         "with set -e the handler ends at \"kill \"${pids[@]}\"\" when that fails, and the rest of "
         "it is not done",
         "kill \"${pids[@]}\" || true"},
        {"trap '' HUP TSTP TERM\nexec server\n", "S03",
         "every program that is started from here on ignores SIGTERM, too, unless it sets a "
         "handler itself",
         ""},
        {"\"$@\"\n", "S01", "the shell stays in front of \"$@\" and does not pass the signal on",
         "exec \"$@\""},
        {"server --name 'a rather long name' --listen 0.0.0.0:8000 --workers 4\n", "S01",
         "the shell stays in front of \"server --name 'a rather long name' --listen "
         "0.0.0.0:8000 ...\" "
         "and does not pass the signal on",
         "put exec in front of it"},
        {"docker compose stop --timeout 2\nexit\n", "S16",
         "SIGKILL comes 2 s after the signal, before the 10 s that a container has when nobody "
         "says "
         "anything",
         "leave the time out: stop_grace_period of the service holds then"},
        {"gunicorn app\nexec \"$@\"\n", "S01",
         "the shell stays in front of \"gunicorn app\" and does not pass the signal on",
         "exec gunicorn app, and nothing behind it"},
    };
    for (const told_script& one : scripts) {
        SCOPED_TRACE(one.text);
        test_folder in;
        in.add("entrypoint.sh", "#!/bin/bash\n" + std::string(one.text));
        const auto found = lint_scripts(in);
        ASSERT_FALSE(found.empty());
        EXPECT_EQ(found.front().broken->id, one.rule);
        EXPECT_EQ(found.front().what, one.what);
        EXPECT_EQ(found.front().fix, one.fix);
    }
}

TEST(Scripts, ThatReadOthersAreNotChanged) {
    test_folder in;
    in.add("entrypoint.sh", "#!/bin/sh\n. ./functions.sh\nrun_server\n");
    const auto found = lint_scripts(in);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().sure, confidence::likely) << "it may be a function";
    EXPECT_TRUE(found.front().edits.empty());
}

TEST(Scripts, OfAnImageAreAsBadAsTheRuleThatTheyBreak) {
    test_folder in;
    in.add("Dockerfile", "FROM debian:12\nCOPY run.sh /\nCMD [\"/run.sh\"]\n");
    in.add("run.sh",
           "#!/bin/sh\nset -e\nserver &\npid=$!\n"
           "trap 'kill $pid; wait $pid; rm lock' TERM\nwait $pid\n");
    const auto found = lint_scripts(in);
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found.front().broken->id, "D08");
    EXPECT_EQ(found.front().how, severity::warning);
    EXPECT_NE(found.front().why_text().find("set -e"), std::string_view::npos);
}

/// What is written nowhere may be written somewhere: an end is found, and nothing is said of it
/// that is not so.
TEST(Scripts, MayHaveListsAndTimesThatMakeNoSense) {
    for (const std::string_view list :
         {"$(!)", "$(time)", "$( )", "$(<f)", "$((1))", "$(>x)", "$(seq)", "$(a|)", "{1..}", "{..}",
          "{0..9223372036854775807}", "$(seq -9223372036854775808 9223372036854775807)"}) {
        test_folder in;
        in.add("stop.sh", "kill $p\nfor i in " + std::string(list) +
                              "; do sleep 1; done\nkill -9 $p\nkill $(!)\n");
        for (const finding& one : lint_scripts(in)) {
            EXPECT_NE(one.broken->id, "S15") << list;
        }
    }
    for (const std::string_view script :
         {"while !; do sleep 1; done\n", "while sleep 1; do :; done; !\n",
          "kill $p; sleep infinity; sleep 9e14; sleep 10; kill -9 $p\n",
          "for i in 1 2 3; do sleep infinity; done\n"}) {
        test_folder in;
        in.add("entrypoint.sh", std::string(script));
        lint_scripts(in);
    }
}

}  // namespace
}  // namespace lastcall::lint

#include "doctor/settings/program_text.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "doctor/look/look.hpp"
#include "doctor/settings/stopper.hpp"
#include "lint/engine/folder.hpp"

namespace lastcall::doctor {
namespace {

using namespace std::chrono_literals;

/// What this process would say if it ran the file.
std::optional<idle_limit> limit_in(const std::string& text) {
    lint::test_folder in;
    seen_process one;
    one.entry.pid = ::getpid();
    one.program = "node";
    one.arguments = {"node", "--enable-source-maps", in.add("server.js", text).string()};
    return idle_limit_in_text(one, surroundings_of(one.pid()));
}

TEST(ProgramText, FindsHowLongAConnectionIsKept) {
    const auto found =
        limit_in("const x = 1;\nserver.keepAliveTimeout = 65_000; // as the proxy\n");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->value, 65s);
    EXPECT_EQ(found->line, 2U);
    EXPECT_TRUE(found->file.ends_with("server.js"));
    EXPECT_FALSE(limit_in("server.listen(80)"));
    EXPECT_FALSE(
        limit_in("server.keepAliveTimeout = 65000;\nprocess.on('SIGTERM', () => "
                 "server.closeIdleConnections());\n"))
        << "the stop does not wait for them";
    EXPECT_FALSE(idle_limit_in_text({}, surroundings_of(::getpid()))) << "it has no file";
}

platform_facts unit_named(const std::string& name) {
    platform_facts made;
    made.kind = platform_kind::systemd;
    made.name = "unit " + name;
    return made;
}

TEST(Stopper, IsTheShortestThatIsAboutTheSubject) {
    lint::test_folder in;
    const auto file = in.add("deploy.sh",
                             "#!/bin/sh\ntimeout 9 systemctl stop other\ntimeout 60 systemctl "
                             "stop web.service\n  timeout 30 systemctl restart web\n")
                          .string();
    const auto made = read_stopper(file, unit_named("web.service"));
    EXPECT_EQ(made.leaves, 30s);
    EXPECT_EQ(made.place(), file + ":4");
    EXPECT_EQ(made.text, "timeout 30 systemctl restart web");
    EXPECT_EQ(read_stopper(file, unit_named("third.service")).line, 0U);
    platform_facts container;
    container.kind = platform_kind::docker;
    container.name = "container web";
    EXPECT_EQ(read_stopper(file, container).line, 0U) << "that is a unit of the same name";
}

TEST(Stopper, MayWaitForAsLongAsItTakes) {
    lint::test_folder in;
    const auto file = in.add("deploy.sh", "systemctl stop web\n").string();
    const auto made = read_stopper(file, unit_named("web.service"));
    EXPECT_EQ(made.line, 1U);
    EXPECT_FALSE(made.leaves);
    EXPECT_THROW((void)read_stopper(file + ".no", unit_named("web.service")), look_error);
}

}  // namespace
}  // namespace lastcall::doctor

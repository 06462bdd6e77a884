// Environment files, and what a generation's environment is made of.
#include <gtest/gtest.h>

#include <cstdlib>

#include "agent/config/environment_file.hpp"
#include "agent/places.hpp"
#include "agent/plan/run_environment.hpp"
#include "agent_config/fake_machine.hpp"
#include "config/values.hpp"
#include "sys/output.hpp"
#include "sys/private_directory.hpp"

namespace lastcall::testing {
namespace {

using namespace agent;

std::string said(const std::string& text) {
    std::vector<line_problem> problems;
    std::string made;
    for (const auto& [name, value] : read_environment_text(text, problems)) {
        made += name + "=[" + value + "]\n";
    }
    for (const auto& one : problems) {
        made += std::to_string(one.line) + ": " + one.why + "; " + one.fix + "\n";
    }
    return made;
}

TEST(EnvironmentFile, HoldsNamesAndValues) {
    EXPECT_EQ(said("A=1\n\n# comment\n  B=two words  \nexport C=3\nD=\nE=a=b\nF=x # y"),
              "A=[1]\nB=[two words]\nC=[3]\nD=[]\nE=[a=b]\nF=[x # y]\n");
    EXPECT_EQ(said("\xef\xbb\xbf"
                   "A=1\r\nB=2\r\n"),
              "A=[1]\nB=[2]\n");
}

TEST(EnvironmentFile, KnowsQuotes) {
    EXPECT_EQ(said("A=\"a b\\n\\\"c\\\"\\\\\"\nB='a\\n$HOME'\nC=\"two\nlines\" # comment\nD=''\n"),
              "A=[a b\n\"c\"\\]\nB=[a\\n$HOME]\nC=[two\nlines]\nD=[]\n");
    EXPECT_EQ(said("A=\"one \\\nline\"\n"), "A=[one line]\n");
}

TEST(EnvironmentFile, TellsEveryMistakeWithItsLineAndReadsTheRest) {
    EXPECT_EQ(said("A=1\nno value\nB = 2\n1C=3\nLISTEN_FDS=1\nD=\"x\" y\nE=5\nF=\"open\n\n"),
              "A=[1]\nE=[5]\n"
              "2: \"no value\" has no =; write KEY=value\n"
              "3: \"B \" is no name of a variable; take out the blank before =\n"
              "4: \"1C\" is no name of a variable; use letters, digits and _\n"
              "5: LISTEN_FDS is set by lastcall itself for every generation; take it out\n"
              "6: there is text behind the closing quote: \"y\"; put all of the value between the "
              "quotes\n"
              "8: the quote \" is not closed; close it, or write \\\" for a quote that is part of "
              "the value\n");
}

TEST(EnvironmentFile, IsNamedWhenItIsWrong) {
    const fake_machine here;
    try {
        (void)read_environment_file("/etc/app/bad.env", here);
        FAIL() << "it was read";
    } catch (const config::settings_error& e) {
        EXPECT_STREQ(e.what(), "/etc/app/bad.env:2: \"NO VALUE\" has no =; write KEY=value");
    }
    EXPECT_THROW((void)read_environment_file("/etc/app/gone.env", here), config::settings_error);
}

TEST(RunEnvironment, PutsEachOverTheOneBefore) {
    fake_machine here;
    here.texts["/etc/app/a.env"] = "A=file\nB=file\n";
    service_spec spec;
    spec.environment_files = {"/etc/app/a.env"};
    spec.environment = {{"B", "spec"}};
    spec.user = "www";
    const auto made = environment_of(spec, {{"A", "own"}, {"C", "own"}, {"USER", "root"}}, here);
    EXPECT_EQ(entries_of(made), (std::vector<std::string>{"A=file", "B=spec", "C=own", "HOME=/",
                                                          "LOGNAME=www", "USER=www"}));
    spec.clears_environment = true;
    spec.user.clear();
    EXPECT_EQ(entries_of(environment_of(spec, {{"C", "own"}, {"PATH", "/bin"}}, here)),
              (std::vector<std::string>{"A=file", "B=spec", "PATH=/bin"}));
}

TEST(RunEnvironment, LeavesOutWhatWasMeantForTheAgent) {
    for (const char* const name : {"LISTEN_FDS", "LASTCALL_KEEPER_FD", "INVOCATION_ID"}) {
        ::setenv(name, "1", 1);
    }
    ::setenv("AGENT_CONFIG_TEST", "seen", 1);
    const auto made = inheritable_environment();
    EXPECT_EQ(made.at("AGENT_CONFIG_TEST"), "seen");
    for (const char* const name : {"LISTEN_FDS", "LASTCALL_KEEPER_FD", "INVOCATION_ID"}) {
        EXPECT_FALSE(made.contains(name)) << name;
        ::unsetenv(name);
    }
}

TEST(Places, AreByTheOptionThenTheEnvironmentThenTheUser) {
    ::setenv("LASTCALL_HOME", "/srv/home/", 1);
    EXPECT_EQ(choose_places("/other").state, "/other");
    EXPECT_EQ(choose_places().state, "/srv/home");
    EXPECT_EQ(choose_places().api_socket(), "/srv/home/run/api.sock");
    ::unsetenv("LASTCALL_HOME");
    if (this_machine().own_user() == 0) {
        EXPECT_EQ(choose_places().state, "/var/lib/lastcall");
        EXPECT_EQ(choose_places().runtime, "/run/lastcall");
    } else {
        ::setenv("XDG_STATE_HOME", "/x/state", 1);
        ::setenv("XDG_RUNTIME_DIR", "/x/run", 1);
        EXPECT_EQ(choose_places().state, "/x/state/lastcall");
        EXPECT_EQ(choose_places().runtime, "/x/run/lastcall");
    }
}

TEST(Places, AreMadeForTheirOwnerAlone) {
    namespace fs = std::filesystem;
    const sys::private_directory folder;
    const auto where = choose_places((folder.path() / "a/b").string());
    make_places(where);
    make_places(where);
    for (const auto& path : {where.state, where.logs(), where.programs(), where.runtime}) {
        EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all) << path;
    }
    const auto file = folder.path() / "file";
    (void)sys::create_file(file.string());
    EXPECT_THROW(make_places(choose_places((file / "x").string())), std::system_error);
}

}  // namespace
}  // namespace lastcall::testing

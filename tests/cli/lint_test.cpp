// `lastcall lint` and `lastcall explain` as a user runs them.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "sys/private_directory.hpp"

namespace lastcall::testing {
namespace {

class Lint : public ::testing::Test {
protected:
    void add(const std::string& name, const std::string& text) const {
        std::ofstream(folder_.path() / name) << text;
    }

    [[nodiscard]] program_result run(const std::string& arguments) const {
        return run_shell("cd " + folder_.path().string() + " && " LASTCALL " lint " + arguments);
    }

private:
    sys::private_directory folder_;
};

TEST_F(Lint, ShowsTheLineWithAMarkAndEndsWithThree) {
    add("Dockerfile", "FROM debian:12\nCMD server --port 80\n");
    const auto made = run(". 2>&1");
    EXPECT_EQ(made.status, 3);
    EXPECT_NE(made.output.find("./Dockerfile:2:5: error[D01]: process 1 is \"sh\", which does not "
                               "pass the stop signal on to \"server --port 80\"\n"
                               "  2 | CMD server --port 80\n"
                               "    |     ^~~~~~~~~~~~~~~~\n"
                               "  why: "),
              std::string::npos)
        << made.output;
    EXPECT_NE(made.output.find("  fix: CMD [\"server\", \"--port\", \"80\"]\n"), std::string::npos)
        << made.output;
    EXPECT_NE(made.output.find("1 error in 1 file of 1\n"), std::string::npos) << made.output;
}

TEST_F(Lint, EndsWithZeroWhereNothingIsFoundOrNotesOnly) {
    add("Dockerfile", "FROM debian:12\nCMD [\"server\"]\n");
    EXPECT_EQ(run(".").status, 0);
    EXPECT_EQ(run(". 2>/dev/null").output, "");
    add("Dockerfile", "FROM debian:12\nHEALTHCHECK CMD [\"probe\"]\nCMD [\"server\"]\n");
    const auto note = run(".");
    EXPECT_EQ(note.status, 0);
    EXPECT_NE(note.output.find("note[D16]"), std::string::npos) << note.output;
}

TEST_F(Lint, MendsOnceAndFindsNothingThen) {
    add("Dockerfile", "FROM debian:12\nCMD server --port 80\n");
    const auto first = run(". --fix 2>&1");
    EXPECT_EQ(first.status, 0);
    EXPECT_NE(first.output.find("  fixed: CMD [\"server\", \"--port\", \"80\"]\n"),
              std::string::npos)
        << first.output;
    EXPECT_NE(first.output.find("nothing found in 1 file of 1; 1 fixed\n"), std::string::npos)
        << first.output;
    EXPECT_EQ(run(". --fix 2>&1").output, "nothing found in 1 file of 1\n");
}

TEST_F(Lint, EndsWithFourWhereItCouldNotLook) {
    const auto made = run("none");
    EXPECT_EQ(made.status, 4);
    EXPECT_NE(made.output.find("none: error[G01]: it cannot be read: there is no such file"),
              std::string::npos)
        << made.output;
    add("deploy.sh", "#!/bin/sh\npkill -9 web\n");
    EXPECT_EQ(run("none deploy.sh").status, 3);
}

TEST_F(Lint, WritesWhatAProgramReadsToStandardOutputOnly) {
    add("deploy.sh", "#!/bin/sh\npkill -9 web\n");
    for (const std::string format : {"json", "sarif"}) {
        const auto made = run(". --format " + format + " 2>/dev/null");
        EXPECT_EQ(made.status, 3);
        EXPECT_TRUE(nlohmann::json::accept(made.output)) << made.output;
    }
    EXPECT_TRUE(run(". --format junit 2>/dev/null").output.starts_with("<?xml"));
    EXPECT_TRUE(run(". --format github 2>/dev/null")
                    .output.starts_with("::error file=deploy.sh,line=2,col=1,"));
}

TEST_F(Lint, ShowsNoControlCharactersOfAFile) {
    add("deploy.sh", "#!/bin/sh\npkill -9 'web\x1b[31m'\n");
    const auto made = run(".");
    EXPECT_EQ(made.output.find('\x1b'), std::string::npos);
    EXPECT_NE(made.output.find("\\x1b[31m"), std::string::npos) << made.output;
}

TEST_F(Lint, BeginsWithWhatThereIs) {
    add("deploy.sh", "#!/bin/sh\npkill -9 web\n");
    const auto written = run(". --write-baseline known.json 2>&1");
    EXPECT_EQ(written.status, 0);
    EXPECT_NE(written.output.find("1 written to known.json"), std::string::npos) << written.output;
    const auto known = run(". --baseline known.json 2>&1");
    EXPECT_EQ(known.status, 0);
    EXPECT_NE(known.output.find("nothing found in 1 file of 2; 1 known by the baseline"),
              std::string::npos)
        << known.output;
    add("deploy.sh", "#!/bin/sh\ndocker kill web\n");
    const auto changed = run(". --baseline known.json 2>&1");
    EXPECT_EQ(changed.status, 3);
    EXPECT_NE(changed.output.find("known.json:2:"), std::string::npos) << changed.output;
    EXPECT_NE(changed.output.find("S14 in deploy.sh is not there any more"), std::string::npos)
        << changed.output;
    EXPECT_EQ(run(". --baseline none.json").status, 2);
    EXPECT_EQ(run(". --baseline known.json --write-baseline other.json").status, 2);
}

TEST_F(Lint, JudgesForAPlatform) {
    add("Dockerfile",
        "FROM debian:12\nCMD [\"gunicorn\", \"--graceful-timeout\", \"60\", \"app\"]\n");
    EXPECT_EQ(run(".").status, 0);
    const auto made = run(". --profile kubernetes");
    EXPECT_EQ(made.status, 3);
    EXPECT_NE(made.output.find("L + D 60 s + M 3 s > K 30 s"), std::string::npos) << made.output;
    const auto wrong = run(". --profile kubernets");
    EXPECT_EQ(wrong.status, 2);
    EXPECT_NE(wrong.output.find("did you mean kubernetes?"), std::string::npos) << wrong.output;
}

TEST_F(Lint, SaysWhatIsWrongWithACommandLine) {
    EXPECT_EQ(run("").status, 2);
    const auto format = run(". --format jsn");
    EXPECT_EQ(format.status, 2);
    EXPECT_NE(format.output.find("--format: \"jsn\" is none of"), std::string::npos);
    EXPECT_NE(format.output.find("did you mean json?"), std::string::npos) << format.output;
    EXPECT_NE(run(". --formt json").output.find("did you mean --format?"), std::string::npos);
}

TEST(Explain, TellsOfARuleAndListsThem) {
    const auto one = run_lastcall("explain d01");
    EXPECT_EQ(one.status, 0);
    for (const char* const words : {"D01 ", "(error)", "Source: ", "Bad:\n", "Good:\n", "Fix: "}) {
        EXPECT_NE(one.output.find(words), std::string::npos) << words << one.output;
    }
    const auto all = run_lastcall("explain");
    EXPECT_EQ(all.status, 0);
    EXPECT_NE(all.output.find("\n  S24  "), std::string::npos) << all.output;
    const auto wrong = run_lastcall("explain D011");
    EXPECT_EQ(wrong.status, 2);
    EXPECT_NE(wrong.output.find("there is no rule \"D011\"; did you mean D01?"), std::string::npos)
        << wrong.output;
}

}  // namespace
}  // namespace lastcall::testing

// Whole drills of a server that drains well: the reports, the log, an interruption.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"

namespace lastcall::testing {
namespace {

class Drill : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "cli-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        home_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(home_); }

    [[nodiscard]] std::string file(const char* name) const { return (home_ / name).string(); }

    /// A drill of the faulty server without a fault.
    [[nodiscard]] program_result drill(const std::string& options) const {
        return run_lastcall("drill -q --load 500ms --ready /ready " + options +
                            " -- " FAULTY_SERVER " --truth /dev/null --port {port}");
    }

    std::filesystem::path home_;
};

TEST_F(Drill, LeavesEveryReport) {
    const auto made = drill("--json " + file("a.json") + " --junit " + file("a.xml") + " --sarif " +
                            file("a.sarif") + " --html " + file("a.html") + " --markdown " +
                            file("a.md") + " --suggest");
    ASSERT_TRUE(made.status == 0 || made.status == 4) << made.output;
    EXPECT_NE(made.output.find("report: " + file("a.html")), std::string::npos) << made.output;
    EXPECT_NE(made.output.find("terminationGracePeriodSeconds"), std::string::npos) << made.output;
    const auto json = nlohmann::json::parse(contents_of(file("a.json")));
    EXPECT_EQ(json.at("lastcall_drill"), 1);
    EXPECT_EQ(json.at("criteria").size(), 19U);
    EXPECT_EQ(nlohmann::json::parse(contents_of(file("a.sarif"))).at("version"), "2.1.0");
    EXPECT_EQ(contents_of(file("a.xml")).substr(0, 5), "<?xml");
    EXPECT_NE(contents_of(file("a.html")).find("<svg"), std::string::npos);
    EXPECT_NE(contents_of(file("a.md")).find("V04"), std::string::npos);
}

TEST_F(Drill, GivesTheReportOnStandardOutputAndThePictureBeside) {
    const auto made = run_shell(LASTCALL " drill -q --load 500ms --json - -- " FAULTY_SERVER
                                         " --truth /dev/null --port {port} 2>/dev/null");
    EXPECT_EQ(nlohmann::json::parse(made.output).at("lastcall_drill"), 1);
}

TEST_F(Drill, IsJudgedAgainAsItWasJudged) {
    const auto made = drill("--json " + file("a.json") + " --events " + file("e.ndjson"));
    const auto again =
        run_lastcall("drill judge " + file("e.ndjson") + " --json " + file("b.json"));
    EXPECT_EQ(again.status, made.status) << made.output << again.output;
    const auto first = nlohmann::json::parse(contents_of(file("a.json")));
    const auto second = nlohmann::json::parse(contents_of(file("b.json")));
    EXPECT_EQ(first.at("criteria"), second.at("criteria"));
    const auto compared = run_lastcall("drill compare " + file("a.json") + " " + file("b.json"));
    EXPECT_EQ(compared.output.find("worse"), std::string::npos) << compared.output;
}

TEST_F(Drill, EndsAtCtrlCWithWhatWasSeen) {
    const auto made = run_shell(LASTCALL " drill -q --load 60s --json " + file("a.json") +
                                " -- " FAULTY_SERVER " --truth /dev/null --port {port} & d=$!; " +
                                "for i in $(seq 100); do pgrep -P $d >/dev/null && break; " +
                                "sleep 0.05; done; sleep 1; kill -INT $d; wait $d");
    EXPECT_EQ(made.status, 4) << made.output;
    EXPECT_NE(made.output.find("INCONCLUSIVE"), std::string::npos) << made.output;
    EXPECT_GT(nlohmann::json::parse(contents_of(file("a.json"))).at("trials").size(), 0U);
}

TEST_F(Drill, TellsOfLossesByItsStatus) {
    const auto made = drill("--signal KILL --json " + file("a.json"));
    EXPECT_EQ(made.status, 3) << made.output;
}

TEST_F(Drill, OfAnEventNamesTheCommandAndNoSignal) {
    const auto made = drill("--exec true --settle 500ms --json " + file("a.json"));
    EXPECT_TRUE(made.status == 0 || made.status == 4) << made.output;
    EXPECT_NE(made.output.find("`true` took"), std::string::npos) << made.output;
    EXPECT_EQ(made.output.find("SIG"), std::string::npos) << made.output;
    const auto json = nlohmann::json::parse(contents_of(file("a.json")));
    EXPECT_EQ(json.at("event"), "true");
    EXPECT_EQ(json.at("signal"), "");
    EXPECT_FALSE(json.at("trials").at(0).at("marks_ms").contains("signal_taken"));
    EXPECT_EQ(json.at("criteria").at(0).at("standing"), "not_asked") << "V01: nobody is to exit";
    EXPECT_EQ(json.at("losses").at("lost"), 0);
}

TEST_F(Drill, OfAnEventWithoutASubjectAsksNobodyToEnd) {
    const auto made = run_shell(
        "p=$(python3 -c 'import socket; s = socket.create_server((\"127.0.0.1\", 0)); "
        "print(s.getsockname()[1])'); " FAULTY_SERVER
        " --truth /dev/null --port $p & s=$!; " LASTCALL
        " drill -q --load 500ms --settle 500ms --json " +
        file("a.json") +
        " --url http://127.0.0.1:$p/ --exec true --trials 2; r=$?; kill $s; exit $r");
    EXPECT_TRUE(made.status == 0 || made.status == 4) << made.output;
    const auto json = nlohmann::json::parse(contents_of(file("a.json")));
    EXPECT_EQ(json.at("trials").size(), 2U);
    EXPECT_EQ(json.at("criteria").at(0).at("standing"), "not_asked");
}

TEST_F(Drill, SaysThatThePortSpeaksTls) {
    const auto made = run_lastcall("drill -q --url http://127.0.0.1:{port}/ -- " FAULTY_SERVER
                                   " --tls --truth /dev/null --port {port}");
    EXPECT_EQ(made.status, 1);
    EXPECT_NE(made.output.find("write https://"), std::string::npos) << made.output;
}

TEST_F(Drill, ShowsWhatASuccessorPrintedThatDidNotGetReady) {
    const auto made =
        drill("--sequence rolling --successor 'sh -c \"echo port is taken; exit 7\"'");
    EXPECT_EQ(made.status, 4) << made.output;
    EXPECT_NE(made.output.find("the successor did not get ready"), std::string::npos)
        << made.output;
    EXPECT_NE(made.output.find("port is taken"), std::string::npos) << made.output;
}

TEST_F(Drill, TakesThePathOfAUrlWhereThePortStandsInTheCommand) {
    const auto made = drill("--url '/?x=1' --json " + file("a.json"));
    EXPECT_TRUE(made.status == 0 || made.status == 4) << made.output;
    const auto url =
        nlohmann::json::parse(contents_of(file("a.json"))).at("url").get<std::string>();
    EXPECT_EQ(url.substr(0, 17), "http://127.0.0.1:");
    EXPECT_NE(url.find("/?x=1"), std::string::npos) << url;
}

TEST_F(Drill, SaysAtOnceThatAServerSpeaksNoTls) {
    const auto begun = std::chrono::steady_clock::now();
    const auto made = run_lastcall(
        "drill -q --url https://127.0.0.1:{port}/ -- python3 -c 'import socket, sys\n"
        "s = socket.create_server((\"127.0.0.1\", int(sys.argv[1])))\n"
        "while True: s.accept()[0].sendall(b\"HTTP/1.1 400 No\\r\\n\\r\\n\")' {port}");
    EXPECT_EQ(made.status, 1);
    EXPECT_NE(made.output.find("TLS: "), std::string::npos) << made.output;
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(15))
        << "it does not wait for --start-within";
}

TEST_F(Drill, LeavesNoDirectoryWhenItsReaderIsGone) {
    const auto made =
        run_shell("mkdir " + file("t") + "; TMPDIR=" + file("t") +
                  " " LASTCALL " drill -q --load 300ms --env D={dir} -- " FAULTY_SERVER
                  " --truth /dev/null --port {port} | true; ls " +
                  file("t"));
    EXPECT_EQ(made.output.find("lastcall-drill"), std::string::npos) << made.output;
}

TEST_F(Drill, NamesTheLineOfTheContractThatIsWrong) {
    std::ofstream(file("s.yaml")) << "version: 1\ncommand: [x, \"{port}\"]\n"
                                     "endpoints: {ready: ready}\n";
    auto made = run_lastcall("drill --contract " + file("s.yaml"));
    EXPECT_EQ(made.status, 2);
    EXPECT_NE(made.output.find("s.yaml:3: endpoints.ready: "), std::string::npos) << made.output;
    made = run_lastcall("drill --ready nowhere --contract " + file("s.yaml"));
    EXPECT_NE(made.output.find("drill: --ready: "), std::string::npos) << made.output;
    std::ofstream(file("s.yaml")) << "version: 1\ncommand: [x, {port}]\n";
    made = run_lastcall("drill --contract " + file("s.yaml"));
    EXPECT_NE(made.output.find("\"{port}\" in quotes"), std::string::npos) << made.output;
}

}  // namespace
}  // namespace lastcall::testing

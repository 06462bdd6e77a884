// What is answered when a request makes no sense, or is no request at all.
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>

#include "keeper/keeper_lab.hpp"

namespace lastcall::test {
namespace {

struct bad_request {
    const char* name;
    keeper_message what;
    int error;
    const char* says;
};

void PrintTo(const bad_request& one, std::ostream* to) { *to << one.name; }

class KeeperRefuses : public ::testing::TestWithParam<bad_request> {};

TEST_P(KeeperRefuses, WithTheReasonAndGoesOn) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    const int port = keeper_lab::listen(agent, "web");
    ASSERT_TRUE(agent.ask(lab.start_of("web", 1)).is("done"));
    const auto answer = agent.ask(GetParam().what);
    EXPECT_TRUE(answer.is("failed"));
    EXPECT_EQ(answer.number("error"), GetParam().error) << answer.text("why");
    EXPECT_NE(answer.text("why").find(GetParam().says), std::string::npos) << answer.text("why");
    EXPECT_EQ(fetch(port), "web1");
    EXPECT_EQ(agent.hello().size(), 4U) << "nothing was started half";
}

keeper_message start(std::string_view field, std::string_view value) {
    return keeper_message("start")
        .add("service", "web")
        .add("generation", 2)
        .add("argv", LASTCALL_SLOT_SERVICE)
        .add(field, value);
}

keeper_message listen_at(std::string_view address) {
    return keeper_message("listen").add("service", "x").add("socket", "s").add("address", address);
}

INSTANTIATE_TEST_SUITE_P(
    All, KeeperRefuses,
    ::testing::Values(
        bad_request{"UnknownWord", keeper_message("dance"), EOPNOTSUPP, "does not know"},
        bad_request{"StartOfNothing", keeper_message("start").add("service", "web"), EINVAL,
                    "argv"},
        bad_request{"UnknownSocket", start("sockets", "https"), ENOENT, "no socket \"https\""},
        bad_request{"UnknownHandover", start("handover", "magic"), EINVAL, "inherit"},
        bad_request{"UnknownLimit", start("limit", "files=3"), EINVAL, "no limit \"files\""},
        bad_request{"LimitUpsideDown", start("limit", "nofile=9:3"), EINVAL, "nofile=9:3"},
        bad_request{"NoDirectory", start("directory", "/there/is/none"), ENOENT,
                    "directory /there/is/none"},
        bad_request{"RelativeLog", start("log", "web.log"), EINVAL, "absolute"},
        bad_request{"NoProgram", start("has_program", "1"), EBADF, "descriptor"},
        bad_request{"BadUser", start("uid", "-5"), EINVAL, "`uid`"},
        bad_request{"NoGeneration",
                    keeper_message("steer").add("service", "web").add("generation", 7), ENOENT,
                    "no generation 7"},
        bad_request{"NoService", keeper_message("kill").add("service", "w"), ENOENT,
                    "no service \"w\""},
        bad_request{
            "BadSignal",
            keeper_message("signal").add("service", "web").add("generation", 1).add("signal", 99),
            EINVAL, "number of a signal"},
        bad_request{"ForgetWhatLives",
                    keeper_message("forget").add("service", "web").add("generation", 1), EBUSY,
                    "lives"},
        bad_request{"QuitTooEarly", keeper_message("quit"), EBUSY, "services run"},
        bad_request{"BadManagerLine", keeper_message("tell_manager").add("line", "READY"), EINVAL,
                    "sd_notify"},
        bad_request{"NoAgent", keeper_message("upgrade_agent"), EINVAL, "argv"},
        bad_request{"NoKeeper", keeper_message("upgrade"), EBADF, "descriptor"},
        bad_request{"NoPort", listen_at("tcp:127.0.0.1"), EINVAL, "has no port"},
        bad_request{"NoScheme", listen_at("127.0.0.1:80"), EINVAL, "neither tcp: nor unix:"},
        bad_request{"NoNumbers", listen_at("tcp:localhost:80"), EINVAL, "in numbers"},
        bad_request{"PortTooLarge", listen_at("tcp:127.0.0.1:65536"), EINVAL, "65535"},
        bad_request{"RelativePath", listen_at("unix:web.sock"), EINVAL, "absolute path"},
        bad_request{"NoFolder", listen_at("unix:/there/is/none/s"), ENOENT, "make it first"},
        bad_request{"NotOurAddress", listen_at("tcp:192.0.2.1:8080"), EADDRNOTAVAIL,
                    "no such address"}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(Keeper, SaysWhoHasAPortAlready) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    const int port = keeper_lab::listen(agent, "web");
    keeper_lab other;
    auto stranger = other.next_agent();
    const auto answer = stranger.ask(listen_at("tcp:127.0.0.1:" + std::to_string(port)));
    EXPECT_EQ(answer.number("error"), EADDRINUSE);
    EXPECT_NE(answer.text("why").find("(pid " + std::to_string(lab.pid()) + ", lastcall-keeper)"),
              std::string::npos)
        << answer.text("why");
    const std::string path = lab.path("s");
    keeper_lab::listen(agent, "web", "unix", "unix:" + path);
    EXPECT_EQ(stranger.ask(listen_at("unix:" + path)).number("error"), EADDRINUSE);
}

TEST(Keeper, AnswersNoiseAndGoesOn) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    const int port = keeper_lab::listen(agent, "web");
    ASSERT_TRUE(agent.ask(lab.start_of("web", 1)).is("done"));
    std::mt19937 random(5);
    for (int i = 0; i < 2000; ++i) {
        std::string noise(1 + random() % 300, '\0');
        for (char& c : noise) {
            c = static_cast<char>(random());
        }
        agent.send_raw(noise);
        agent.wait_for("failed");
    }
    EXPECT_EQ(fetch(port), "web1");
    EXPECT_EQ(agent.hello().size(), 4U);
}

TEST(Keeper, TakesAMessageThatIsLargerThanADatagram) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    keeper_lab::listen(agent, "web");
    auto start = lab.start_of("web", 1, {"ready"});
    for (int i = 0; i < 40; ++i) {
        start.add("environment", "LARGE" + std::to_string(i) + "=" + std::string(10'000, 'x'));
    }
    const auto answer = agent.ask(start);
    ASSERT_TRUE(answer.is("done")) << answer.text("why");
    agent.wait_for("notify", 1);
    const int init = static_cast<int>(answer.number("pid").value_or(0));
    const auto programs = children_of(init);
    ASSERT_EQ(programs.size(), 1U);
    const auto environment = contents_of("/proc/" + std::to_string(programs[0]) + "/environ");
    EXPECT_NE(environment.find("LARGE39=xxx"), std::string::npos);
}

TEST(Keeper, GivesTheProgramWhatWasAskedAndNothingElse) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    keeper_lab::listen(agent, "web");
    auto start = lab.start_of("web", 1, {"ready"});
    start.add("environment", "COLOUR=blue").add("limit", "nofile=100:200").add("limit", "nice=3");
    start.add("umask", 0027).add("directory", "/usr");
    const auto answer = agent.ask(start);
    ASSERT_TRUE(answer.is("done")) << answer.text("why");
    agent.wait_for("notify", 1);
    const auto programs = children_of(static_cast<int>(answer.number("pid").value_or(0)));
    ASSERT_EQ(programs.size(), 1U);
    const std::string proc = "/proc/" + std::to_string(programs[0]);
    EXPECT_EQ(std::filesystem::read_symlink(proc + "/cwd"), "/usr");
    EXPECT_NE(contents_of(proc + "/limits").find("100                  200"), std::string::npos);
    EXPECT_NE(contents_of(proc + "/status").find("Umask:\t0027"), std::string::npos);
    EXPECT_NE(contents_of(proc + "/environ").find("COLOUR=blue"), std::string::npos);
    EXPECT_EQ(contents_of(proc + "/environ").find("HOME="), std::string::npos);
    // 0, 1, 2, its socket, and the two ends of its own pipe; soon: it has just closed the socket
    // that it told the manager with.
    EXPECT_TRUE(eventually([&] { return count_descriptors(programs[0]) == 6; }))
        << count_descriptors(programs[0]);
    EXPECT_EQ(std::filesystem::read_symlink(proc + "/fd/0"), "/dev/null");
}

}  // namespace
}  // namespace lastcall::test

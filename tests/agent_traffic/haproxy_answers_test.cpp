// Answers as HAProxy 2.6.12 gave them, and what is no answer.
#include "agent/traffic/haproxy_answers.hpp"

#include <gtest/gtest.h>

namespace {

using namespace lastcall::agent::traffic;

constexpr const char* servers_answer =
    "1\n"
    "# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight "
    "srv_time_since_last_change srv_check_status srv_check_result srv_check_health "
    "srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord "
    "srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port\n"
    "3 app 1 blue 127.0.0.1 2 4 1 1 0 15 3 3 6 0 0 0 - 29581 - 0 0 - - 0\n"
    "3 app 2 green ::1 0 5 1 1 1 1 0 0 14 0 0 0 - 29582 - 0 0 - - 0\n"
    "3 app 3 old 127.0.0.1 2 8 1 1 1 15 3 3 6 0 0 0 - 29583 - 0 0 - - 0\n"
    "3 app 4 blind 127.0.0.1 2 0 1 1 1 1 0 1 0 0 0 0 - 29584 - 0 0 - - 0\n"
    "\n";

TEST(HaproxyServers, AreReadByTheNamesOfTheirColumns) {
    const auto found = read_servers(servers_answer);
    ASSERT_TRUE(found.has_value());
    ASSERT_EQ(found->size(), 4U);
    const server_line& blue = (*found)[0];
    EXPECT_EQ(blue.backend, "app");
    EXPECT_EQ(blue.server, "blue");
    EXPECT_EQ(blue.address, "127.0.0.1");
    EXPECT_EQ(blue.port, 29581);
    EXPECT_TRUE(blue.is_running()) << "that it was disabled in the file once does not count";
    EXPECT_TRUE(blue.has_check());
    const server_line& green = (*found)[1];
    EXPECT_EQ(green.address, "::1");
    EXPECT_FALSE(green.is_running());
    EXPECT_TRUE(green.is_in_maint());
    EXPECT_TRUE(green.has_check()) << "it is paused, not missing";
    EXPECT_TRUE((*found)[2].is_draining());
    EXPECT_FALSE((*found)[2].is_running());
    EXPECT_FALSE((*found)[3].is_running()) << "nobody has looked whether it works";
    EXPECT_FALSE((*found)[3].has_check());
}

TEST(HaproxyServers, ThatAreBeingCheckedRunOn) {
    server_line line;
    line.operational = 2;
    line.check_state = 0x07;
    EXPECT_TRUE(line.is_running()) << "its last result is hidden for the moment";
    EXPECT_FALSE(line.has_passed());
    line.check_state = 0x06;
    EXPECT_FALSE(line.is_running()) << "it was never checked";
    line.check_result = 2;
    line.check_state = 0x07;
    EXPECT_FALSE(line.is_running()) << "it has failed, and is tried again";
    line.check_result = 3;
    EXPECT_TRUE(line.has_passed());
}

TEST(HaproxyServers, OfAnotherOrderOfColumnsAreReadAllTheSame) {
    const auto found = read_servers(
        "1\n# srv_port srv_check_state srv_check_health srv_check_result srv_admin_state "
        "srv_op_state srv_addr srv_name be_name new_one\n80 6 3 3 0 2 10.0.0.1 s b x\n\n");
    ASSERT_TRUE(found.has_value());
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().port, 80);
    EXPECT_EQ(found->front().backend, "b");
    EXPECT_TRUE(found->front().is_running());
}

TEST(HaproxyServers, NothingIsMadeOfWhatIsNoSuchAnswer) {
    const std::string whole = servers_answer;
    for (const std::string& text :
         {std::string(), std::string("\n"), std::string("Can't find backend.\n\n"),
          std::string("1\n# be_id be_name\n3 app\n\n"), whole.substr(0, whole.size() - 60)}) {
        EXPECT_EQ(read_servers(text), std::nullopt) << text;
    }
}

constexpr const char* stat_answer =
    "# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,"
    "wredis,status,weight,hrsp_5xx,srv_abrt,check_status,last_chk,check_rise,check_fall,"
    "check_health,\n"
    "app,blue,1,0,2,0,,30,0,0,,0,,4,5,6,7,UP 1/2,1,8,9,L7OK,,2,2,2,\n"
    "app,green,0,0,0,0,,0,0,0,,0,,0,0,0,0,MAINT,1,0,0,,,2,2,3,\n"
    "app,BACKEND,1,0,2,0,999,30,0,0,0,0,,4,5,6,7,UP,1,8,9,,,,,,\n"
    "\n";

TEST(HaproxyStat, IsReadByTheNamesOfItsColumns) {
    const auto found = read_stat(stat_answer);
    ASSERT_TRUE(found.has_value());
    ASSERT_EQ(found->size(), 3U);
    const stat_line& blue = (*found)[0];
    EXPECT_EQ(blue.queued, 1);
    EXPECT_EQ(blue.sessions, 2);
    EXPECT_EQ(blue.total, 30);
    EXPECT_EQ(blue.connect_errors, 4);
    EXPECT_EQ(blue.response_errors, 5);
    EXPECT_EQ(blue.retries, 6);
    EXPECT_EQ(blue.redispatches, 7);
    EXPECT_EQ(blue.answers_5xx, 8);
    EXPECT_EQ(blue.server_aborts, 9);
    EXPECT_EQ(blue.status, "UP 1/2");
    EXPECT_FALSE(blue.has_full_health()) << "no check has passed since it was set to ready";
    EXPECT_TRUE((*found)[1].has_full_health());
    EXPECT_FALSE((*found)[1].is_sum());
    EXPECT_TRUE((*found)[2].is_sum());
}

TEST(HaproxyStat, NothingIsMadeOfWhatIsNoSuchAnswer) {
    const std::string whole = stat_answer;
    for (const std::string& text :
         {std::string("No such proxy.\n\n"), std::string("\n"),
          std::string("# pxname,svname\napp,blue\n\n"), whole.substr(0, whole.size() - 30)}) {
        EXPECT_EQ(read_stat(text), std::nullopt) << text;
    }
}

TEST(HaproxyInfo, TellsWhichProcessAnswers) {
    const auto found = read_info(
        "Name: HAProxy\nVersion: 2.6.12-1+deb12u4\nNbthread: 2\nPid: 14939\nUptime: 0d 0h00m02s\n"
        "Uptime_sec: 2\n\n");
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->pid, 14939);
    EXPECT_EQ(found->uptime_seconds, 2);
    EXPECT_EQ(found->version, "2.6.12-1+deb12u4");
    EXPECT_EQ(read_info("Permission denied\n\n"), std::nullopt);
}

TEST(HaproxySessions, AreThoseOfOneServer) {
    const auto found = read_sessions(
        "0x7f2f: proto=tcpv4 src=127.0.0.1:40112 fe=front be=app srv=blue ts=00 epoch=0 age=3s "
        "calls=2 rate=0 exp=10s\n"
        "0x7f30: proto=tcpv4 src=127.0.0.1:40113 fe=front be=app srv=blue2 ts=00 age=4s\n"
        "0x7f31: proto=unix_stream src=unix:1 fe=GLOBAL be=<NONE> srv=<none> age=0s\n\n",
        "app", "blue");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].source, "127.0.0.1:40112");
    EXPECT_EQ(found[0].age, "3s");
}

TEST(HaproxyText, IsGivenWithoutTheLinesAroundIt) {
    EXPECT_EQ(one_line("No such server.\n\n"), "No such server.");
    EXPECT_EQ(one_line("\nfirst\nsecond\n"), "first");
    EXPECT_EQ(one_line("\n\n"), "");
}

}  // namespace

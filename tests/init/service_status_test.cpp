#include "init/service_status.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lastcall/lifecycle.hpp>
#include <string>

#include "support/scenario.hpp"
#include "sys/clock.hpp"
#include "sys/process/process.hpp"

namespace lastcall::init {
namespace {

using namespace std::chrono_literals;
using lastcall::testing::child;
using lastcall::testing::say;

std::string text_of(std::string answer) {
    core::fixed_text<4096> out;
    append_status(answer, out);
    return std::string(out.view());
}

const std::string head = "lastcall-status\t1\n";

TEST(ServiceStatus, IsOneLineForEachThing) {
    EXPECT_EQ(
        text_of(head + "service\torders\nstate\tdraining\nremaining\t2530\n"
                       "step\thttp\tdrain\t4260\t9000\nstep\tworker\tclose\t20\t500\n"
                       "degraded\tno membarrier\n"
                       "gate\thttp\t4\tclosed\npass\tGET /slow\t12160\t123\npass\t\t900\t124\n"
                       "more\t2\ngate\tidle\t0\topen\ngate\tjobs\t1\topen\nmore\t1\nend\n"),
        "orders is draining, 2.5s to its deadline\n"
        "drain of http runs since 4.2s, share 9s\n"
        "close of worker runs since 20ms, share 500ms\n"
        "degraded: no membarrier\n"
        "in flight: http 4 (GET /slow 12.1s on thread 123, (no label) 900ms on thread 124, "
        "2 more); jobs 1, still open (1 without a label)\n");
}

TEST(ServiceStatus, SaysNothingOfGatesThatAreEmpty) {
    EXPECT_EQ(text_of(head + "service\ta\nstate\tready\ngate\thttp\t0\topen\nend\n"),
              "a is ready\n");
}

TEST(ServiceStatus, SaysThatItsDeadlineHasPassed) {
    EXPECT_EQ(text_of(head + "service\ta\nstate\tforcing\nremaining\t-40\nend\n"),
              "a is forcing, 40ms past its deadline\n");
}

TEST(ServiceStatus, SaysWhatIsMissing) {
    const std::string more = "and more, which did not fit\n";
    EXPECT_EQ(text_of(head + "service\ta\nstate\tready\ncut\nend\n"), "a is ready\n" + more);
    EXPECT_EQ(text_of(head + "service\ta\nstate\tready\n"), "a is ready\n" + more);
    EXPECT_EQ(text_of(head + "state\tready\nend\n"), "the service is ready\n");
    EXPECT_EQ(text_of("HTTP/1.1 200 OK\r\n"), "it answers in a protocol that is not understood\n");
}

TEST(ServiceStatus, KeepsControlCharactersFromTheTerminal) {
    EXPECT_EQ(text_of(head + "service\ta\\x1b[2Jb\\nc\nstate\tready\nend\n"),
              "a?[2Jb?c is ready\n");
}

TEST(ServiceStatus, ThatDoesNotFitIsCut) {
    core::fixed_text<20> out;
    std::string answer = head + "service\torders\nstate\tdraining\nend\n";
    EXPECT_TRUE(append_status(answer, out));
    EXPECT_EQ(out.view(), "orders is draining\n");
    out.clear();
    answer = head + "service\torders of the east\nstate\tdraining\nend\n";
    EXPECT_TRUE(append_status(answer, out));
    EXPECT_EQ(out.view(), "orders of the east i");
    EXPECT_TRUE(out.is_cut());
}

LASTCALL_SCENARIO(one_request_inside) {
    lifecycle_options options{.service = "orders"};
    options.grace = 30s;
    lifecycle life(options);
    gate requests("http");
    life.add({.name = "http", .gates = {&requests}});
    const pass slow = requests.try_enter("GET /slow");
    life.ready();
    say("ready");
    return life.run().exit_code();
}

std::string in_flight_of(int pid, bool& answered, std::chrono::nanoseconds patience = 20s) {
    core::fixed_text<4096> out;
    answered = append_in_flight(pid, sys::monotonic_now() + patience, out);
    return std::string(out.view());
}

TEST(ServiceStatus, IsThatOfALiveService) {
    child c("one_request_inside");
    ASSERT_TRUE(c.wait_for("ready\n"));
    bool answered = false;
    const std::string text = in_flight_of(c.pid(), answered);
    EXPECT_TRUE(answered);
    EXPECT_EQ(text.find("orders is ready\nin flight: http 1, still open (GET /slow "), 0U) << text;
    EXPECT_NE(text.find(" on thread " + std::to_string(c.pid()) + ")\n"), std::string::npos)
        << text;
}

TEST(ServiceStatus, OfAStoppedServiceSaysThatItDidNotAnswer) {
    child c("one_request_inside");
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGSTOP);
    siginfo_t stopped{};  // told when the last of its threads has stopped
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(c.pid()), &stopped, WSTOPPED | WNOWAIT), 0);
    bool answered = true;
    EXPECT_EQ(in_flight_of(c.pid(), answered, status_patience),
              "what is in flight is not known: it did not answer in time\n");
    EXPECT_FALSE(answered);
}

TEST(ServiceStatus, OfAProcessWithoutTheLibraryIsNothing) {
    bool answered = true;
    EXPECT_EQ(in_flight_of(::getppid(), answered), "");
    EXPECT_FALSE(answered);
}

}  // namespace
}  // namespace lastcall::init

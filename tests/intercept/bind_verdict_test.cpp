// What becomes of a bind, as a table.
#include "sys/intercept/bind_verdict.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace lastcall::sys {
namespace {

using family = listen_address::family;
using action = bind_verdict::action;

listen_address at(family kind, std::array<std::uint8_t, 16> ip, std::uint16_t port,
                  bool is_only_ip6 = false) {
    listen_address made;
    made.kind = kind;
    made.ip = ip;
    made.port = port;
    made.is_only_ip6 = is_only_ip6;
    return made;
}

const listen_address any4 = at(family::ip4, {}, 8080);
const listen_address loopback4 = at(family::ip4, {127, 0, 0, 1}, 8080);
const listen_address other4 = at(family::ip4, {10, 0, 0, 1}, 8080);
const listen_address any6 = at(family::ip6, {}, 8080);
const listen_address only6 = at(family::ip6, {}, 8080, true);

struct row {
    const char* why;
    listen_address ours;
    listen_address wanted;
    action expected;
};

TEST(BindVerdict, GivesTheSocketOnlyForExactlyItsAddress) {
    const std::vector<row> table = {
        {"the same", any4, any4, action::serve},
        {"the same", loopback4, loopback4, action::serve},
        {"the same", any6, any6, action::serve},
        {"ours is wider", any4, loopback4, action::refuse},
        {"ours is narrower", loopback4, any4, action::refuse},
        {"the other family", any6, any4, action::refuse},
        {"the other family", any4, any6, action::refuse},
        {"IPv4 would be served", any6, only6, action::refuse},
        {"IPv4 would not be served", only6, any6, action::refuse},
        {"they can live side by side", loopback4, other4, action::pass},
        {"they can live side by side", any4, only6, action::pass},
        {"another port", any4, at(family::ip4, {}, 8081), action::pass},
        {"a port of the kernel's choice", any4, at(family::ip4, {}, 0), action::pass},
    };
    for (const row& each : table) {
        const offered_address offered[] = {{"web", each.ours, false}};
        const bind_verdict verdict = judge_bind(offered, {}, each.wanted, socket_flavour::tcp);
        EXPECT_EQ(verdict.what, each.expected)
            << each.why << ": " << each.ours.text() << " for " << each.wanted.text();
        EXPECT_EQ(verdict.why.empty(), each.expected != action::refuse);
    }
}

TEST(BindVerdict, SaysWhatToDoWhenItRefuses) {
    const offered_address offered[] = {{"web", any4, false}};
    EXPECT_EQ(judge_bind(offered, {}, loopback4, socket_flavour::tcp).why,
              "the socket \"web\" of the service is tcp:0.0.0.0:8080: it would be reachable under "
              "more addresses than the program wants; give \"web\" the address "
              "tcp:127.0.0.1:8080, or let the program bind tcp:0.0.0.0:8080");
}

TEST(BindVerdict, LeavesSocketsOfOtherProtocolsAlone) {
    const offered_address offered[] = {{"web", any4, false}};
    const offered_port ports[] = {{"web", 8080}};
    EXPECT_EQ(judge_bind(offered, ports, any4, socket_flavour::other).what, action::pass);
    EXPECT_EQ(judge_bind(offered, ports, any4, socket_flavour::unix_stream).what, action::pass);
}

TEST(BindVerdict, LetsTheProgramChooseTheAddressOfAPort) {
    const offered_port ports[] = {{"web", 8080}};
    for (const listen_address& wanted : {any4, loopback4, any6, only6}) {
        EXPECT_EQ(judge_bind({}, ports, wanted, socket_flavour::tcp).what, action::open);
    }
    // The next worker gets the same; a second address is one more socket.
    const offered_address opened[] = {{"web", loopback4, true}};
    EXPECT_EQ(judge_bind(opened, ports, loopback4, socket_flavour::tcp).what, action::serve);
    EXPECT_EQ(judge_bind(opened, ports, any4, socket_flavour::tcp).what, action::open);
}

TEST(BindVerdict, FindsTheExactOneAmongSeveral) {
    const offered_address offered[] = {{"six", only6, false}, {"four", any4, false}};
    const bind_verdict verdict = judge_bind(offered, {}, any4, socket_flavour::tcp);
    EXPECT_EQ(verdict.what, action::serve);
    EXPECT_EQ(verdict.index, 1U);
}

TEST(BindVerdict, ComparesAbstractNamesAsBytes) {
    listen_address name;
    name.kind = family::abstract_name;
    name.name = std::string("a\0b", 3);
    const offered_address offered[] = {{"bus", name, false}};
    EXPECT_EQ(judge_bind(offered, {}, name, socket_flavour::unix_stream).what, action::serve);
    EXPECT_EQ(judge_bind(offered, {}, name, socket_flavour::other).what, action::pass);
    name.name = "a";
    EXPECT_EQ(judge_bind(offered, {}, name, socket_flavour::unix_stream).what, action::pass);
}

}  // namespace
}  // namespace lastcall::sys

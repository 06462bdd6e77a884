// What the acceptor and the connections promise without a stop.
#include <gtest/gtest.h>

#include <lastcall/asio.hpp>
#include <utility>

#include "adapters_http/child.hpp"

namespace lastcall::testing {
namespace {

using boost::asio::ip::tcp;
using connections = lastcall::asio::tracked_connections<tcp::socket>;
using acceptor = lastcall::asio::tracked_acceptor;

const auto nobody = [](tcp::socket) {};

tcp::endpoint loopback(std::uint16_t port = 0) {
    return {boost::asio::ip::address_v4::loopback(), port};
}

std::uint16_t free_port(boost::asio::io_context& io) {
    return tcp::acceptor(io, loopback()).local_endpoint().port();
}

TEST(TrackedAcceptor, RefusesAnAddressInUse) {
    lifecycle life({.service = "test"});
    boost::asio::io_context io;
    const acceptor first(life, io.get_executor(), loopback(), {.name = "first"}, nobody);
    EXPECT_THROW(
        acceptor(life, io.get_executor(), first.local_endpoint(), {.name = "second"}, nobody),
        boost::system::system_error);
    EXPECT_NO_THROW(life.add({.name = "second"})) << "the name is taken";
}

TEST(TrackedAcceptor, DoesNotListenWhenItsNameIsTaken) {
    lifecycle life({.service = "test"});
    life.add({.name = "acceptor"});
    boost::asio::io_context io;
    const std::uint16_t port = free_port(io);
    EXPECT_THROW(acceptor(life, io.get_executor(), loopback(port), {}, nobody),
                 std::invalid_argument);
    EXPECT_FALSE(client(port).connected);
}

TEST(TrackedConnections, RefuseANameThatIsTaken) {
    lifecycle life({.service = "test"});
    life.add({.name = "http"});
    EXPECT_THROW(connections(life, {.name = "http"}), std::invalid_argument);
}

TEST(TrackedConnections, CountASocketAsLongAsItsObjectLives) {
    lifecycle life({.service = "test"});
    boost::asio::io_context io;
    connections all(life, {});
    EXPECT_EQ(all.count(), 0U);
    {
        auto first = all.track(tcp::socket(io));
        const auto moved = std::move(first);
        const auto second = all.track(tcp::socket(io));
        EXPECT_EQ(all.count(), 2U);
    }
    EXPECT_EQ(all.count(), 0U);
}

TEST(TrackedConnections, LetASessionGoOnUntilAStop) {
    lifecycle life({.service = "test"});
    boost::asio::io_context io;
    connections all(life, {});
    auto one = all.track(tcp::socket(io));
    one.begin_request();
    EXPECT_FALSE(one.must_close());
    EXPECT_TRUE(one.end_request());
    one.begin_request();
    EXPECT_TRUE(one.end_request()) << "nobody asked";
}

}  // namespace
}  // namespace lastcall::testing

#include "lint/launch/node_source.hpp"

#include <gtest/gtest.h>

namespace lastcall::lint {
namespace {

using namespace std::chrono_literals;

TEST(NodeSource, ReadsProductsOfNumbers) {
    EXPECT_EQ(product_of_numbers("65000"), 65s);
    EXPECT_EQ(product_of_numbers("65_000"), 65s);
    EXPECT_EQ(product_of_numbers(" 65 * 1000 "), 65s);
    EXPECT_EQ(product_of_numbers("0 * 5"), 0ms);
    for (const char* other : {"", "seconds", "65 * second", "6.5e4", "-1", "99999999999", "1 *",
                              "* 1", "1000000000 * 1000000000"}) {
        EXPECT_FALSE(product_of_numbers(other)) << other;
    }
}

TEST(NodeSource, FindsHowLongAConnectionIsKept) {
    const auto found = keep_alive_in_source(
        "server.listen(80);\nserver.keepAliveTimeout = 65_000; // as in front\n");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->value, 65s);
    EXPECT_EQ(found->at.line, 2U);
    EXPECT_EQ(found->at.column, 27U);
    EXPECT_EQ(found->at.size, 6U);
    EXPECT_EQ(keep_alive_in_source("createServer({ keepAliveTimeout: 7 * 1000 }, f)").value().value,
              7s);
    EXPECT_EQ(keep_alive_in_source("// keepAliveTimeout = 5\ns.keepAliveTimeout = 9").value().value,
              9ms);
    for (const char* const text :
         {"server.keepAliveTimeout = config.idle", "if (server.keepAliveTimeout == 5000) {}",
          "a.keepAliveTimeout = 1; b.keepAliveTimeout = 2;", "keepAliveTimeout",
          "a.keepAliveTimeout = 1\nb.keepAliveTimeout = 2", "keepAliveTimeout =", "",
          "// server.keepAliveTimeout = 5\n", " * keepAliveTimeout: 5\n"}) {
        EXPECT_FALSE(keep_alive_in_source(text)) << text;
    }
}

}  // namespace
}  // namespace lastcall::lint

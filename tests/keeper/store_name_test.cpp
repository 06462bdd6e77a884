// What a socket is called in the service manager's store.
#include "keeper/store_name.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace lastcall::keeper {
namespace {

TEST(StoreName, SaysServiceSocketAndSlot) {
    EXPECT_EQ((store_name{"web", "http", 1}.text()), "lastcall/web/http/1");
}

TEST(StoreName, ComesBackWhateverTheNamesAre) {
    for (const std::string service : {"web", "a/b", "läden", "50%", "with blank", "\x01\x7f"}) {
        for (const std::string socket : {"http", "http@tcp:[::]:8080!", "%2F", ":", "\n"}) {
            const store_name name{service, socket, 0};
            const auto text = name.text();
            EXPECT_TRUE(
                std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f' && c != ':'; }))
                << text << ": sd_notify(3) refuses it";
            EXPECT_EQ(store_name::parse(text), name) << text;
        }
    }
}

TEST(StoreName, IsNoneWhereItWouldBeTooLong) {
    const auto with = [](std::size_t size) { return store_name{std::string(size, 'x'), "s", 0}; };
    EXPECT_EQ(with(242).text().size(), 255U);
    EXPECT_EQ(with(243).text(), "");
}

TEST(StoreName, OfSomebodyElseIsNotRead) {
    for (const auto* const text :
         {"", "web.socket", "lastcall", "lastcall/", "lastcall/state", "lastcall/web/http",
          "lastcall/web/http/2", "lastcall/web/http/x", "lastcall//http/0", "lastcall/web//0",
          "lastcall/web/a/b/0", "lastcall/web/http/00", "lastcall/w%4/http/0", "lastcall/%zz/h/0",
          "lastcall/%77eb/http/0", "lastcall/we b/http/0"}) {
        EXPECT_EQ(store_name::parse(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace lastcall::keeper

#include "lint/conf/js_objects.hpp"

#include <gtest/gtest.h>

namespace lastcall::lint {
namespace {

TEST(JsObjects, HaveTheirLiteralsWithPlaces) {
    const auto all = read_js_objects(
        "// { a: 1 }\nmodule.exports = {\n  apps: [{ name: 'web', 'kill_timeout': 3000, /* x */\n"
        "    env: { PORT: \"80\" }, script: './' + file, watch: true }],\n};\n");
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].key, "env");
    const js_object& app = all[1];
    EXPECT_EQ(app.key, "apps");
    ASSERT_NE(app.find("kill_timeout"), nullptr);
    EXPECT_EQ(app.find("kill_timeout")->text, "3000");
    EXPECT_EQ(app.find("kill_timeout")->at.line, 3U);
    EXPECT_EQ(app.find("watch")->text, "true");
    ASSERT_NE(app.find("script"), nullptr);
    EXPECT_EQ(app.find("script")->text, std::nullopt);
    EXPECT_FALSE(app.is_open);
}

TEST(JsObjects, AreOpenWhereOthersAreSpreadIntoThem) {
    const auto all = read_js_objects("x = { apps: [{ ...common, script: 'a.js' }] }");
    ASSERT_EQ(all.size(), 2U);
    EXPECT_TRUE(all[0].is_open);
    EXPECT_EQ(all[0].find("script")->text, "a.js");
}

TEST(JsObjects, OfGarbageFindAnEnd) {
    std::string text;
    for (int i = 0; i < 20000; ++i) {
        text += "{a:[\"\\";
    }
    EXPECT_LE(read_js_objects(text).size(), 10000U);
    for (const char* one :
         {"{", "}", "{a:", "{a:'", "{a:`${", "/*", "{...", "]})", "\\", "'\\", ":", "{:}"}) {
        EXPECT_LE(read_js_objects(one).size(), 1U) << one;
    }
}

}  // namespace
}  // namespace lastcall::lint

#include "init/json_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lastcall::init {
namespace {

std::string written(std::string_view text) {
    core::fixed_text<256> out;
    json_text json(out);
    json.begin_object();
    json.field("x", text);
    json.end_object();
    return std::string(out.view());
}

TEST(JsonText, KeepsUtf8AndEscapesWhatJsonAsksFor) {
    EXPECT_EQ(written("plain \xE2\x80\xA6 \xF0\x9F\x9A\xAA"),
              "{\"x\":\"plain \xE2\x80\xA6 \xF0\x9F\x9A\xAA\"}");
    EXPECT_EQ(written("a\"b\\c\n\x1b\x7f"), R"({"x":"a\"b\\c\u000a\u001b\u007f"})");
}

TEST(JsonText, ReplacesWhatIsNoUtf8) {
    EXPECT_EQ(written("\xff"), R"({"x":"\ufffd"})");
    EXPECT_EQ(written("\xE2\x80"), R"({"x":"\ufffd\ufffd"})") << "cut in a character";
    EXPECT_EQ(written("\xC0\xAF"), R"({"x":"\ufffd\ufffd"})") << "overlong";
    EXPECT_EQ(written("\xED\xA0\x80"), R"({"x":"\ufffd\ufffd\ufffd"})") << "a surrogate";
}

TEST(JsonText, WritesMillisecondsWithThreeDecimals) {
    using namespace std::chrono_literals;
    core::fixed_text<256> out;
    json_text json(out);
    json.begin_object();
    json.field("a_ms", std::chrono::nanoseconds(1'234'567));
    json.field("b_ms", std::chrono::nanoseconds(-5us));
    json.begin_array("c");
    json.begin_object();
    json.field("d", true);
    json.end_object();
    json.end_array();
    json.null_field("e");
    json.end_object();
    EXPECT_EQ(out.view(), R"({"a_ms":1.235,"b_ms":-0.005,"c":[{"d":true}],"e":null})");
}

}  // namespace
}  // namespace lastcall::init

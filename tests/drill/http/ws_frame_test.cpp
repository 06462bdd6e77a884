#include "drill/http/ws_frame.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace lastcall::drill {
namespace {

TEST(WebSocketHandshake, ProvesItselfAsInTheRfc) {
    EXPECT_EQ(ws_accept_for("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    EXPECT_EQ(ws_key("the sample nonce"), "dGhlIHNhbXBsZSBub25jZQ==");
}

TEST(WebSocketFrame, GoesOutMaskedAsInTheRfc) {
    // RFC 6455, 5.7: a single-frame masked text message.
    EXPECT_EQ(ws_encode(ws_opcode::text, "Hello", 0x37fa213d),
              "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
    EXPECT_EQ(ws_encode(ws_opcode::binary, std::string(200, 'x'), 0).substr(0, 8),
              std::string("\x82\xfe\x00\xc8\0\0\0\0", 8));
    EXPECT_EQ(ws_encode(ws_opcode::binary, std::string(70'000, 'x'), 0).substr(0, 14),
              std::string("\x82\xff\0\0\0\0\0\x01\x11\x70\0\0\0\0", 14));
}

TEST(WebSocketFrame, ComesInWholeHoweverItIsCut) {
    const std::string close = std::string("\x88\x06", 2) + ws_close_payload(1001) + "bye!";
    const std::string wide = std::string("\x82\x7e\x01\x00", 4) + std::string(256, 'y');
    ws_frame_reader reader;
    std::vector<ws_frame> frames;
    for (const char byte : std::string("\x81\x02hi", 4) + wide + close) {
        reader.feed({&byte, 1});
        while (auto frame = reader.next()) {
            frames.push_back(*frame);
        }
    }
    ASSERT_EQ(frames.size(), 3U);
    EXPECT_EQ(frames[0].payload, "hi");
    EXPECT_EQ(frames[1].payload.size(), 256U);
    EXPECT_EQ(frames[2].code, ws_opcode::close);
    EXPECT_EQ(ws_close_code(frames[2].payload), 1001);
    EXPECT_FALSE(reader.malformed());
}

TEST(WebSocketFrame, KnowsACloseWithoutACode) { EXPECT_EQ(ws_close_code(""), 1005); }

TEST(WebSocketFrame, IsRefusedWhenItBreaksTheRules) {
    const std::pair<const char*, std::string> rows[] = {
        {"masked", std::string("\x81\x82\0\0\0\0hi", 8)},
        {"reserved bit", std::string("\xc1\x02hi", 4)},
        {"unknown code", std::string("\x83\x00", 2)},
        {"control frame in pieces", std::string("\x08\x00", 2)},
        {"long control frame", std::string("\x88\x7e\x01\x00", 4)},
        {"too large", std::string("\x82\x7f\0\0\0\x01\0\0\0\0", 10)},
    };
    for (const auto& [name, bytes] : rows) {
        ws_frame_reader reader;
        reader.feed(bytes);
        EXPECT_FALSE(reader.next().has_value()) << name;
        EXPECT_TRUE(reader.malformed()) << name;
    }
}

}  // namespace
}  // namespace lastcall::drill

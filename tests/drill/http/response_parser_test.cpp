#include "drill/http/response_parser.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <vector>

namespace lastcall::drill {
namespace {

using p = progress;

struct row {
    std::string name;
    std::string bytes;
    bool then_fin;
    progress got;
    int status;
    bool close_announced;
    std::string body;
    bool malformed = false;
    bool answers_head = false;
    std::size_t unused = 0;  // bytes at the end that are not of this response
};

void PrintTo(const row& one, std::ostream* out) { *out << one.name; }

const std::vector<row>& rows() {
    static const std::vector<row> all{
        {"length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false, p::complete, 200,
         false, "hello"},
        {"length_in_any_case", "HTTP/1.1 200 OK\r\ncontent-LENGTH:5\r\n\r\nhello", false,
         p::complete, 200, false, "hello"},
        {"no_reason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", false, p::complete, 200, false,
         ""},
        {"empty_body", "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", false, p::complete, 201,
         false, ""},
        {"close", "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\nx", false,
         p::complete, 200, true, "x"},
        {"close_in_a_list",
         "HTTP/1.1 200 OK\r\nConnection: x-trace , close\r\nContent-Length: 1\r\n\r\nx", false,
         p::complete, 200, true, "x"},
        {"closed_is_not_close",
         "HTTP/1.1 200 OK\r\nConnection: closed\r\nContent-Length: 1\r\n\r\nx", false, p::complete,
         200, false, "x"},
        {"http_1_0", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", false, p::complete, 200, true,
         "x"},
        {"http_1_0_keep_alive",
         "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx", false,
         p::complete, 200, false, "x"},
        {"until_end", "HTTP/1.1 200 OK\r\n\r\nall of it", true, p::complete, 200, true,
         "all of it"},
        {"until_end_without_end", "HTTP/1.1 200 OK\r\n\r\nall of", false, p::body, 200, true,
         "all of"},
        {"until_end_and_empty", "HTTP/1.1 200 OK\r\n\r\n", true, p::complete, 200, true, ""},
        {"other_coding_until_end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nzz", true,
         p::complete, 200, true, "zz"},
        {"chunked",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
         "chunked\r\n\r\n3\r\nabc\r\nA;ext=1\r\n0123456789\r\n"
         "0\r\n\r\n",
         false, p::complete, 200, false, "abc0123456789"},
        {"chunked_with_trailer",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\nDone: "
         "yes\r\n\r\n",
         false, p::complete, 200, false, "x"},
        {"chunked_beats_length",
         "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: "
         "chunked\r\n\r\n1\r\nx\r\n0\r\n"
         "\r\n",
         false, p::complete, 200, false, "x"},
        {"no_content", "HTTP/1.1 204 No Content\r\n\r\n", false, p::complete, 204, false, ""},
        {"not_modified_has_no_body", "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n",
         false, p::complete, 304, false, ""},
        {"answer_to_head", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", false, p::complete, 200,
         false, "", false, true},
        {"interim_first",
         "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 "
         "OK\r\nContent-Length: 2\r\n\r\nok",
         false, p::complete, 200, false, "ok"},
        {"only_interim", "HTTP/1.1 100 Continue\r\n\r\n", true, p::head, 0, false, ""},
        {"switching", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nXY", false,
         p::complete, 101, false, "", false, false, 2},
        {"more_than_asked", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 408", false,
         p::complete, 200, false, "ok", false, false, 12},

        {"nothing", "", true, p::nothing, 0, false, ""},
        {"cut_in_status_line", "HTTP/1.1 20", true, p::head, 0, false, ""},
        {"cut_after_status_line", "HTTP/1.1 200 OK\r\n", true, p::head, 200, false, ""},
        {"cut_in_field", "HTTP/1.1 200 OK\r\nConte", true, p::head, 200, false, ""},
        {"cut_before_empty_line", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", true, p::head, 200,
         false, ""},
        {"cut_by_length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", true, p::body, 200,
         false, "hell"},
        {"cut_before_body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true, p::body, 200,
         false, ""},
        {"cut_in_chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", true,
         p::body, 200, false, "hel"},
        {"cut_between_chunks",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", true, p::body, 200,
         false, "hello"},
        {"cut_in_last_chunk",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", true, p::body,
         200, false, "hello"},

        {"no_http", "SSH-2.0-OpenSSH_9.2\r\n", false, p::head, 0, false, "", true},
        {"http_2", "HTTP/2.0 200 OK\r\n\r\n", false, p::head, 0, false, "", true, false, 2},
        {"bad_status", "HTTP/1.1 2x0 OK\r\n\r\n", false, p::head, 2, false, "", true, false, 2},
        {"bare_newline", "HTTP/1.1 200 OK\n\n", false, p::head, 0, false, "", true, false, 1},
        {"space_before_colon", "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n", false, p::head, 200,
         false, "", true},
        {"folded_line", "HTTP/1.1 200 OK\r\nA: b\r\n c: d\r\n", false, p::head, 200, false, "",
         true},
        {"no_colon", "HTTP/1.1 200 OK\r\nnonsense\r\n", false, p::head, 200, false, "", true},
        {"length_is_no_number", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", false, p::head,
         200, false, "", true},
        {"lengths_differ", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
         false, p::head, 200, false, "", true},
        {"bad_chunk_size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", false,
         p::body, 200, false, "", true},
        {"chunk_longer_than_said",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n", false, p::body, 200,
         false, "x", true},
    };
    return all;
}

class ResponseParser : public testing::TestWithParam<row> {};

void expect_row(const row& one, const response_parser& parser) {
    EXPECT_EQ(int(parser.got()), int(one.got));
    EXPECT_EQ(parser.status(), one.status);
    EXPECT_EQ(parser.close_announced(), one.close_announced);
    EXPECT_EQ(parser.body(), one.body);
    EXPECT_EQ(parser.malformed(), one.malformed);
    EXPECT_EQ(parser.bytes(), one.bytes.size() - one.unused);
}

TEST_P(ResponseParser, ReadsItInOnePiece) {
    response_parser parser(GetParam().answers_head);
    EXPECT_EQ(parser.feed(GetParam().bytes), GetParam().bytes.size() - GetParam().unused);
    if (GetParam().then_fin) {
        parser.end_of_input();
    }
    expect_row(GetParam(), parser);
}

TEST_P(ResponseParser, ReadsItByteByByte) {
    response_parser parser(GetParam().answers_head);
    for (const char byte : GetParam().bytes) {
        parser.feed({&byte, 1});
    }
    if (GetParam().then_fin) {
        parser.end_of_input();
    }
    expect_row(GetParam(), parser);
}

INSTANTIATE_TEST_SUITE_P(Table, ResponseParser, testing::ValuesIn(rows()),
                         [](const auto& one) { return one.param.name; });

TEST(ResponseParserFields, AreFoundInAnyCaseAndTrimmed) {
    response_parser parser;
    parser.feed("HTTP/1.1 101 X\r\nSec-WebSocket-Accept:  abc \r\nEmpty:\r\n\r\n");
    EXPECT_EQ(parser.field("sec-websocket-ACCEPT"), "abc");
    EXPECT_EQ(parser.field("Empty"), "");
    EXPECT_EQ(parser.field("Other"), std::nullopt);
}

TEST(ResponseParserBody, IsCountedBeyondWhatIsKept) {
    response_parser parser(false, 4);
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
    parser.feed(head + "0123456789");
    EXPECT_EQ(parser.body(), "0123");
    EXPECT_EQ(parser.bytes(), head.size() + 10);
}

TEST(ResponseParserHead, IsRefusedBeyondItsLimit) {
    response_parser parser;
    parser.feed("HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x'));
    EXPECT_TRUE(parser.malformed());
}

}  // namespace
}  // namespace lastcall::drill

#include "drill/http/chunk_reader.hpp"

#include <gtest/gtest.h>

namespace lastcall::drill {
namespace {

using state = chunk_reader::state;

TEST(ChunkReader, StopsAtTheEndOfTheBody) {
    chunk_reader reader;
    std::string data;
    EXPECT_EQ(reader.feed("4\r\nwiki\r\n0\r\n\r\nHTTP", data, 100), 14U);
    EXPECT_EQ(data, "wiki");
    EXPECT_EQ(reader.size(), 4U);
    EXPECT_EQ(reader.now(), state::complete);
}

TEST(ChunkReader, CountsWhatItDoesNotKeep) {
    chunk_reader reader;
    std::string data;
    reader.feed("a\r\n0123456789\r\n5\r\nabcde\r\n", data, 12);
    EXPECT_EQ(data, "0123456789ab");
    EXPECT_EQ(reader.size(), 15U);
    EXPECT_EQ(reader.now(), state::reading);
}

TEST(ChunkReader, RefusesWhatIsNoChunk) {
    for (const std::string_view bytes :
         {"\r\n", "g\r\n", "-1\r\n", "0x5\r\n", "5\nhello", "ffffffffffffffffff\r\n",
          "2\r\nabc\r\n", "1 2\r\nx\rx\n"}) {
        chunk_reader reader;
        std::string data;
        reader.feed(bytes, data, 100);
        EXPECT_EQ(reader.now(), state::malformed) << bytes;
    }
}

TEST(ChunkReader, RefusesALineWithoutEnd) {
    chunk_reader reader;
    std::string data;
    reader.feed("1;" + std::string(9000, 'e'), data, 100);
    EXPECT_EQ(reader.now(), state::malformed);
}

}  // namespace
}  // namespace lastcall::drill

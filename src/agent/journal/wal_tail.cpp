#include "agent/journal/wal_tail.hpp"

#include <fstream>

namespace lastcall::agent {

namespace {

constexpr std::int64_t header_size = 32, frame_header_size = 24;
constexpr std::size_t page_size_at = 8, salts_at = 16, frame_salts_at = 8, salts_size = 8;

}  // namespace

bool has_torn_tail(const std::string& wal_file, std::int64_t frames) {
    std::ifstream file(wal_file, std::ios::binary);
    std::string header(header_size, '\0');
    if (!file.read(header.data(), header_size)) {
        return false;
    }
    std::int64_t page_size = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        page_size = page_size * 256 + static_cast<unsigned char>(header[page_size_at + i]);
    }
    file.seekg(header_size + frames * (frame_header_size + page_size));
    std::string frame(frame_header_size, '\0');
    if (!file.read(frame.data(), frame_header_size)) {
        return file.gcount() > 0;
    }
    // Frames of an earlier round of the log have other salts.
    return frame.compare(frame_salts_at, salts_size, header, salts_at, salts_size) == 0;
}

}  // namespace lastcall::agent

// The chunked transfer coding (RFC 9112, 7.1), read byte by byte as it comes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lastcall::drill {

class chunk_reader {
public:
    enum class state : std::uint8_t { reading, complete, malformed };

    /// Takes bytes, and appends up to `keep` bytes of data in all to `data`.
    /// Returns: how many of them belong to this body; the rest comes after it.
    std::size_t feed(std::string_view bytes, std::string& data, std::size_t keep);

    [[nodiscard]] state now() const noexcept { return state_; }

    /// Bytes of data so far, without the framing.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

private:
    enum class part : std::uint8_t { size_line, data, data_end, trailer };

    void line_ended();

    state state_ = state::reading;
    part part_ = part::size_line;
    std::string line_;             // of the size line, the end of data or the trailer
    std::uint64_t remaining_ = 0;  // of the current chunk
    std::uint64_t size_ = 0;
};

}  // namespace lastcall::drill

#include "drill/http/chunk_reader.hpp"

#include <algorithm>
#include <charconv>

namespace lastcall::drill {
namespace {

constexpr std::size_t longest_line = 8192;  // chunk extensions and trailers are short

/// The size of a chunk from its line, extensions ignored. Returns false when it is none.
bool parse_size(std::string_view line, std::uint64_t& into) {
    const auto digits = line.substr(0, line.find_first_of("; \t"));
    const char* const last = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), last, into, 16);
    return parsed.ec == std::errc{} && parsed.ptr == last;
}

}  // namespace

std::size_t chunk_reader::feed(std::string_view bytes, std::string& data, std::size_t keep) {
    std::size_t used = 0;
    while (used < bytes.size() && state_ == state::reading) {
        if (part_ == part::data) {
            const auto size = std::min<std::uint64_t>(
                remaining_, static_cast<std::uint64_t>(bytes.size() - used));
            const auto kept = std::min<std::uint64_t>(size, keep - std::min(keep, data.size()));
            data.append(bytes.substr(used, kept));
            used += size;
            size_ += size;
            remaining_ -= size;
            if (remaining_ == 0) {
                part_ = part::data_end;
            }
            continue;
        }
        const char next = bytes[used++];
        if (next != '\n') {
            line_.push_back(next);
            if (line_.size() > longest_line) {
                state_ = state::malformed;
            }
            continue;
        }
        if (line_.empty() || line_.back() != '\r') {
            state_ = state::malformed;
            continue;
        }
        line_.pop_back();
        line_ended();
        line_.clear();
    }
    return used;
}

void chunk_reader::line_ended() {
    switch (part_) {
        case part::size_line:
            if (!parse_size(line_, remaining_)) {
                state_ = state::malformed;
            } else {
                part_ = remaining_ == 0 ? part::trailer : part::data;
            }
            break;
        case part::data_end:
            if (line_.empty()) {
                part_ = part::size_line;
            } else {
                state_ = state::malformed;
            }
            break;
        case part::trailer:
            if (line_.empty()) {
                state_ = state::complete;
            }
            break;
        case part::data:
            break;
    }
}

}  // namespace lastcall::drill

#include "lint/text/mapped_text.hpp"

#include <algorithm>

namespace lastcall::lint {

void mapped_text::add(std::string_view bytes, std::size_t offset) {
    if (bytes.empty()) {
        return;
    }
    if (!pieces_.empty() && !pieces_.back().made &&
        pieces_.back().offset + pieces_.back().size == offset) {
        pieces_.back().size += bytes.size();
    } else {
        pieces_.push_back({text_.size(), offset, bytes.size(), false});
    }
    text_ += bytes;
}

void mapped_text::add_made(std::string_view bytes, std::size_t offset, std::size_t size) {
    if (bytes.empty()) {
        return;
    }
    pieces_.push_back({text_.size(), offset, size, true});
    text_ += bytes;
}

void mapped_text::add(const mapped_text& other) {
    for (std::size_t i = 0; i < other.pieces_.size(); ++i) {
        const auto& one = other.pieces_[i];
        const auto bytes = std::string_view(other.text_).substr(one.at, other.end_of(i) - one.at);
        if (one.made) {
            add_made(bytes, one.offset, one.size);
        } else {
            add(bytes, one.offset);
        }
    }
}

std::size_t mapped_text::piece_of(std::size_t at) const {
    const auto next =
        std::upper_bound(pieces_.begin(), pieces_.end(), at,
                         [](std::size_t value, const piece& p) { return value < p.at; });
    return static_cast<std::size_t>(next - pieces_.begin()) - 1;
}

std::size_t mapped_text::end_of(std::size_t index) const {
    return index + 1 < pieces_.size() ? pieces_[index + 1].at : text_.size();
}

std::size_t mapped_text::offset_of(std::size_t at) const {
    if (pieces_.empty()) {
        return 0;
    }
    if (at >= text_.size()) {
        return pieces_.back().offset + pieces_.back().size;
    }
    const auto& found = pieces_[piece_of(at)];
    return found.made ? found.offset : found.offset + (at - found.at);
}

/// Where byte `at` ends in the file.
std::size_t mapped_text::end_offset(std::size_t at) const {
    const auto& found = pieces_[piece_of(at)];
    return found.made ? found.offset + found.size : found.offset + (at - found.at) + 1;
}

place mapped_text::place_of(std::size_t at, std::size_t size, const line_index& lines) const {
    const std::size_t begin = offset_of(at);
    if (size == 0 || at >= text_.size()) {
        return lines.at(begin);
    }
    const std::size_t end = end_offset(std::min(size, text_.size() - at) + at - 1);
    return lines.at(begin, end > begin ? end - begin : 0);
}

mapped_text mapped_text::part(std::size_t at, std::size_t size) const {
    mapped_text made;
    if (at >= text_.size()) {
        // Nothing, but at its place.
        made.pieces_.push_back({0, offset_of(at), 0, false});
        return made;
    }
    const std::size_t end = at + std::min(size, text_.size() - at);
    if (end == at) {
        made.pieces_.push_back({0, offset_of(at), 0, false});
        return made;
    }
    for (std::size_t i = piece_of(at); i < pieces_.size() && pieces_[i].at < end; ++i) {
        const std::size_t from = std::max(at, pieces_[i].at);
        const std::size_t to = std::min(end, end_of(i));
        const auto bytes = std::string_view(text_).substr(from, to - from);
        if (pieces_[i].made) {
            made.add_made(bytes, pieces_[i].offset, pieces_[i].size);
        } else {
            made.add(bytes, pieces_[i].offset + (from - pieces_[i].at));
        }
    }
    return made;
}

mapped_text mapped_text::trimmed() const {
    std::size_t begin = 0;
    std::size_t end = text_.size();
    while (begin < end && is_blank(text_[begin])) {
        ++begin;
    }
    while (end > begin && is_blank(text_[end - 1])) {
        --end;
    }
    return part(begin, end - begin);
}

bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::string lower(std::string_view text) {
    std::string made(text);
    for (char& c : made) {
        if (c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c - 'A' + 'a');
        }
    }
    return made;
}

}  // namespace lastcall::lint

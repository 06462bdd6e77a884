// One line of the event log as text. Written by hand: hundreds of thousands of them are
// made while the load runs, and a writer that knows nothing of us costs some times as much.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace lastcall::drill {

/// Appends members of JSON objects to a text. The keys are given as they are written,
/// with quotes and colon: `"sent":`. While a line lives the text is longer than what is
/// written, which finish() makes right.
class event_line {
public:
    event_line(std::string& out, std::int64_t origin_ns) : out_(out), origin_(origin_ns) {
        const auto written = out_.size();
        out_.resize(written + step);
        at_ = out_.data() + written;
        end_ = out_.data() + out_.size();
    }
    event_line(const event_line&) = delete;
    event_line& operator=(const event_line&) = delete;
    ~event_line() = default;

    /// Ends the object and the line. Nothing may be added after it.
    void finish() {
        shut('}');
        room(1);
        *at_++ = '\n';
        out_.resize(static_cast<std::size_t>(at_ - out_.data()));
    }

    event_line& open(std::string_view key, char bracket) {
        begin(key, 1);
        *at_++ = bracket;
        first_ = true;
        return *this;
    }
    event_line& shut(char bracket) {
        room(1);
        *at_++ = bracket;
        first_ = false;
        return *this;
    }

    /// Escaped; bytes that are no UTF-8 become U+FFFD.
    event_line& text(std::string_view key, std::string_view value);

    /// `value` is one of ours: nothing in it needs to be escaped.
    event_line& word(std::string_view key, std::string_view value) {
        begin(key, value.size() + 2);
        *at_++ = '"';
        put(value);
        *at_++ = '"';
        return *this;
    }

    template <class Number>
    event_line& number(std::string_view key, Number value) {
        begin(key, longest_number);
        at_ = std::to_chars(at_, end_, value).ptr;
        return *this;
    }

    /// Nothing when it is 0, which is what a missing key means.
    template <class Number>
    event_line& some(std::string_view key, Number value) {
        return value == 0 ? *this : number(key, value);
    }

    event_line& truth(std::string_view key, bool value) {
        begin(key, longest_number);
        put(value ? "true" : "false");
        return *this;
    }

    /// So many digits that the same number is read; 0 for what is no number.
    event_line& real(std::string_view key, double value) {
        return number(key, std::isfinite(value) ? value : 0.0);
    }

    /// Nothing for a moment that never came. Modulo 2^64, so that every moment has a text.
    event_line& moment(std::string_view key, std::int64_t ns) {
        const auto since = static_cast<std::uint64_t>(ns) - static_cast<std::uint64_t>(origin_);
        return ns == 0 ? *this : number(key, static_cast<std::int64_t>(since));
    }

private:
    static constexpr std::size_t step = 512;
    static constexpr std::size_t longest_number = 32;

    /// Room for so many more characters.
    void room(std::size_t length) {
        if (static_cast<std::size_t>(end_ - at_) < length) {
            grow(length);
        }
    }
    void grow(std::size_t length);

    void put(std::string_view plain) {
        std::memcpy(at_, plain.data(), plain.size());
        at_ += plain.size();
    }

    /// A comma where it is needed and the key; `more` characters are to follow.
    void begin(std::string_view key, std::size_t more) {
        room(key.size() + 1 + more);
        if (!first_) {
            *at_++ = ',';
        }
        first_ = false;
        put(key);
    }

    std::string& out_;
    char* at_ = nullptr;
    char* end_ = nullptr;
    std::int64_t origin_;
    bool first_ = true;
};

}  // namespace lastcall::drill

// Text in a buffer of fixed size, for code that must not allocate. What does not fit is
// cut, and `is_cut` remembers it: a message is never lost for being too long.
#pragma once

#include <array>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

namespace lastcall::core {

/// Appends to somebody else's memory.
class text_sink {
public:
    explicit text_sink(std::span<char> memory) noexcept : memory_(memory) {}
    text_sink(const text_sink&) = delete;
    text_sink& operator=(const text_sink&) = delete;

    text_sink& operator<<(std::string_view text) noexcept {
        const std::size_t room = memory_.size() - size_;
        const std::size_t taken = text.size() < room ? text.size() : room;
        if (taken > 0) {
            std::memcpy(memory_.data() + size_, text.data(), taken);
        }
        size_ += taken;
        is_cut_ = is_cut_ || taken < text.size();
        return *this;
    }
    text_sink& operator<<(const char* text) noexcept { return *this << std::string_view(text); }
    text_sink& operator<<(char c) noexcept { return *this << std::string_view(&c, 1); }

    template <std::integral Number>
    text_sink& operator<<(Number number) noexcept {
        std::array<char, 24> digits;
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
        return *this << std::string_view(digits.data(),
                                         static_cast<std::size_t>(end - digits.data()));
    }

    /// "250ms", "1.5s", "2m", exact to a millisecond.
    text_sink& operator<<(std::chrono::nanoseconds value) noexcept;

    [[nodiscard]] std::string_view view() const noexcept { return {memory_.data(), size_}; }
    [[nodiscard]] bool is_cut() const noexcept { return is_cut_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    void clear() noexcept {
        size_ = 0;
        is_cut_ = false;
    }

    /// The text with a zero after it; the last character gives way where there is no room.
    char* c_str() noexcept {
        if (size_ == memory_.size()) {
            --size_;
        }
        memory_[size_] = '\0';
        return memory_.data();
    }

private:
    std::span<char> memory_;
    std::size_t size_ = 0;
    bool is_cut_ = false;
};

template <std::size_t Size>
struct fixed_memory {
    std::array<char, Size> bytes;
};

/// A sink with its memory.
template <std::size_t Size>
class fixed_text : private fixed_memory<Size>, public text_sink {
public:
    fixed_text() noexcept : text_sink(std::span<char>(fixed_memory<Size>::bytes)) {}
};

}  // namespace lastcall::core

// Reading /proc without heap, locale or exceptions: paths, small files, lines, folders.
//
// Everything under /proc may be gone by the next call, and most of its text is chosen by
// somebody else (names of programs, paths of sockets). So every function here answers
// "could not" as an ordinary value, every buffer has an end, and what does not fit is cut.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sys/fd.hpp"

namespace lastcall::sys {

/// Text in its own memory. What does not fit is cut.
template <std::size_t Size>
class short_text {
public:
    short_text() noexcept = default;
    void assign(std::string_view text) noexcept {
        size_ = 0;
        is_cut_ = false;
        append(text);
    }
    void append(std::string_view text) noexcept {
        for (const char c : text) {
            append(c);
        }
    }
    void append(char c) noexcept {
        if (size_ < Size) {
            bytes_[size_++] = c;
        } else {
            is_cut_ = true;
        }
    }
    void append_number(std::uint64_t value) noexcept {
        std::array<char, 20> digits;
        std::size_t at = digits.size();
        do {
            digits[--at] = static_cast<char>('0' + value % 10);
            value /= 10;
        } while (value > 0);
        append(std::string_view(digits.data() + at, digits.size() - at));
    }
    /// Unprintable characters as \xNN: the text of others does not steer a terminal.
    void append_escaped(char c) noexcept {
        constexpr std::string_view digits = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f) {
            append(c);
        } else if (size_ + 4 <= Size) {
            append("\\x");
            append(digits[byte >> 4U]);
            append(digits[byte & 15U]);
        } else {
            is_cut_ = true;
        }
    }
    void append_escaped(std::string_view text) noexcept {
        for (const char c : text) {
            append_escaped(c);
        }
    }

    [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), size_}; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] bool is_cut() const noexcept { return is_cut_; }
    [[nodiscard]] const char* c_str() noexcept {
        bytes_[size_] = '\0';
        return bytes_.data();
    }

private:
    std::array<char, Size + 1> bytes_{};
    std::size_t size_ = 0;
    bool is_cut_ = false;
};

/// "/proc/12/task/13/stat", put together part by part.
class proc_path : public short_text<511> {
public:
    explicit proc_path(std::string_view start) noexcept { append(start); }
    explicit proc_path(int pid) noexcept {
        append("/proc/");
        append_number(static_cast<std::uint64_t>(pid));
    }
    proc_path& operator/(std::string_view part) noexcept {
        append('/');
        append(part);
        return *this;
    }
    proc_path& operator/(int part) noexcept {
        append('/');
        append_number(static_cast<std::uint64_t>(part));
        return *this;
    }
};

/// The beginning of a file. Unset when it can not be read; a path that was cut can not.
[[nodiscard]] std::optional<std::string_view> read_start(proc_path& path,
                                                         std::span<char> into) noexcept;

/// Where a symbolic link leads, cut to the memory given.
[[nodiscard]] std::optional<std::string_view> read_link(proc_path& path,
                                                        std::span<char> into) noexcept;

/// The whole text as one number: no sign, no blanks, no overflow.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text,
                                                        unsigned base = 10) noexcept;
/// The same, as a process id or another int.
[[nodiscard]] std::optional<int> parse_id(std::string_view text) noexcept;

/// Takes the next word off the front of `text`; empty at the end.
[[nodiscard]] std::string_view take_word(std::string_view& text) noexcept;

/// What follows `name` on its own line of a file such as /proc/PID/status, without the
/// blanks around it. Empty when there is no such line.
[[nodiscard]] std::string_view field_of(std::string_view text, std::string_view name) noexcept;

/// A file line by line through a buffer of fixed size. A line longer than the buffer is
/// cut and its rest is skipped.
class line_reader {
public:
    explicit line_reader(proc_path& path) noexcept;
    [[nodiscard]] bool is_open() const noexcept { return static_cast<bool>(file_); }
    /// The next line, without its end. Valid until the next call.
    [[nodiscard]] std::optional<std::string_view> next() noexcept;

private:
    bool fill() noexcept;

    unique_fd file_;
    std::array<char, 8192> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool skipping_ = false;
};

/// Blank-separated words of a file without lines, through a buffer of fixed size. A word
/// longer than the buffer ends the reading.
class word_reader {
public:
    explicit word_reader(proc_path& path) noexcept;
    [[nodiscard]] bool is_open() const noexcept { return static_cast<bool>(file_); }
    /// The next word. Valid until the next call.
    [[nodiscard]] std::optional<std::string_view> next() noexcept;

private:
    unique_fd file_;
    std::array<char, 2048> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool at_end_ = false;
};

/// The names in a folder, without "." and "..".
class folder_reader {
public:
    explicit folder_reader(proc_path& path) noexcept;
    [[nodiscard]] bool is_open() const noexcept { return static_cast<bool>(folder_); }
    [[nodiscard]] int fd() const noexcept { return folder_.get(); }
    /// The next name. Valid until the next call.
    [[nodiscard]] std::optional<std::string_view> next() noexcept;
    /// The next name that is a number (a process, a thread, a descriptor).
    [[nodiscard]] std::optional<int> next_number() noexcept;

private:
    unique_fd folder_;
    alignas(8) std::array<char, 4096> buffer_;
    std::size_t at_ = 0;
    std::size_t end_ = 0;
};

/// Pages from mmap(2), zeroed, that cost memory only where they are touched.
class scratch_memory {
public:
    explicit scratch_memory(std::size_t size) noexcept;
    scratch_memory(const scratch_memory&) = delete;
    scratch_memory& operator=(const scratch_memory&) = delete;
    ~scratch_memory();

    /// Room for `count` objects of a type for which all zeroes is a value. Empty when
    /// there is no memory.
    template <typename Element>
    [[nodiscard]] std::span<Element> as(std::size_t count) const noexcept {
        if (start_ == nullptr || count * sizeof(Element) > size_) {
            return {};
        }
        return {static_cast<Element*>(start_), count};
    }

private:
    void* start_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace lastcall::sys

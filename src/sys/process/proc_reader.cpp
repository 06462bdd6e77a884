#include "sys/process/proc_reader.hpp"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

namespace lastcall::sys {
namespace {

constexpr std::string_view blanks = " \t";

/// read(2) until the kernel answers: no signal handler of the caller ends it early.
std::optional<std::size_t> read_some(int fd, char* into, std::size_t size) noexcept {
    for (;;) {
        const ssize_t got = ::read(fd, into, size);
        if (got >= 0) {
            return static_cast<std::size_t>(got);
        }
        if (errno != EINTR) {
            return std::nullopt;  // ESRCH: the process went while its file was open
        }
    }
}

int open_path(proc_path& path, int flags) noexcept {
    return path.is_cut() ? -1 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | flags);
}

// struct linux_dirent64 of getdents64(2), which glibc does not declare for us.
constexpr std::size_t record_length_offset = 16;
constexpr std::size_t name_offset = 19;

}  // namespace

std::optional<std::string_view> read_start(proc_path& path, std::span<char> into) noexcept {
    const unique_fd file(open_path(path, 0));
    if (!file) {
        return std::nullopt;
    }
    std::size_t size = 0;
    while (size < into.size()) {
        const auto got = read_some(file.get(), into.data() + size, into.size() - size);
        if (!got) {
            return std::nullopt;
        }
        if (*got == 0) {
            break;
        }
        size += *got;
    }
    return std::string_view(into.data(), size);
}

std::optional<std::string_view> read_link(proc_path& path, std::span<char> into) noexcept {
    if (path.is_cut()) {
        return std::nullopt;
    }
    const ssize_t size = ::readlink(path.c_str(), into.data(), into.size());
    if (size < 0) {
        return std::nullopt;
    }
    return std::string_view(into.data(), static_cast<std::size_t>(size));
}

std::optional<std::uint64_t> parse_number(std::string_view text, unsigned base) noexcept {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value, static_cast<int>(base));
    if (text.empty() || result.ec != std::errc() || result.ptr != end) {
        return std::nullopt;
    }
    return value;
}

std::optional<int> parse_id(std::string_view text) noexcept {
    const auto value = parse_number(text);
    if (!value || *value > static_cast<std::uint64_t>(std::numeric_limits<int>::max())) {
        return std::nullopt;
    }
    return static_cast<int>(*value);
}

std::string_view take_word(std::string_view& text) noexcept {
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) {
        text = {};
        return {};
    }
    text.remove_prefix(begin);
    const std::size_t size = std::min(text.find_first_of(blanks), text.size());
    const std::string_view word = text.substr(0, size);
    text.remove_prefix(size);
    return word;
}

std::string_view field_of(std::string_view text, std::string_view name) noexcept {
    while (!text.empty()) {
        const std::size_t size = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, size);
        text.remove_prefix(std::min(size + 1, text.size()));
        if (line.substr(0, name.size()) != name) {
            continue;
        }
        line.remove_prefix(name.size());
        const std::size_t begin = line.find_first_not_of(blanks);
        if (begin == std::string_view::npos) {
            return {};
        }
        return line.substr(begin, line.find_last_not_of(blanks) + 1 - begin);
    }
    return {};
}

line_reader::line_reader(proc_path& path) noexcept : file_(open_path(path, 0)) {}

bool line_reader::fill() noexcept {
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    const auto got = read_some(file_.get(), buffer_.data() + end_, buffer_.size() - end_);
    if (!got || *got == 0) {
        return false;
    }
    end_ += *got;
    return true;
}

std::optional<std::string_view> line_reader::next() noexcept {
    if (!file_) {
        return std::nullopt;
    }
    for (;;) {
        const std::string_view held(buffer_.data() + begin_, end_ - begin_);
        const std::size_t size = held.find('\n');
        if (size != std::string_view::npos) {
            begin_ += size + 1;
            if (!skipping_) {
                return held.substr(0, size);
            }
            skipping_ = false;  // the end of a line whose start was handed out
            continue;
        }
        if (held.size() == buffer_.size()) {
            begin_ = end_;
            if (!skipping_) {
                skipping_ = true;
                return held;
            }
            continue;
        }
        if (!fill()) {
            const std::string_view rest(buffer_.data() + begin_, end_ - begin_);
            begin_ = end_;
            if (rest.empty() || skipping_) {
                return std::nullopt;
            }
            return rest;
        }
    }
}

word_reader::word_reader(proc_path& path) noexcept : file_(open_path(path, 0)) {}

std::optional<std::string_view> word_reader::next() noexcept {
    if (!file_) {
        return std::nullopt;
    }
    for (;;) {
        while (begin_ < end_ && (buffer_[begin_] == ' ' || buffer_[begin_] == '\n')) {
            ++begin_;
        }
        const std::string_view held(buffer_.data() + begin_, end_ - begin_);
        const std::size_t size = held.find_first_of(" \n");
        if (size != std::string_view::npos || (at_end_ && !held.empty())) {
            const std::string_view word = held.substr(0, std::min(size, held.size()));
            begin_ += word.size();
            return word;
        }
        if (at_end_ || held.size() == buffer_.size()) {
            return std::nullopt;
        }
        std::memmove(buffer_.data(), held.data(), held.size());
        begin_ = 0;
        end_ = held.size();
        const auto got = read_some(file_.get(), buffer_.data() + end_, buffer_.size() - end_);
        at_end_ = !got || *got == 0;
        end_ += got.value_or(0);
    }
}

folder_reader::folder_reader(proc_path& path) noexcept : folder_(open_path(path, O_DIRECTORY)) {}

std::optional<std::string_view> folder_reader::next() noexcept {
    if (!folder_) {
        return std::nullopt;
    }
    for (;;) {
        if (at_ >= end_) {
            const long got =
                ::syscall(SYS_getdents64, folder_.get(), buffer_.data(), buffer_.size());
            if (got <= 0) {
                return std::nullopt;
            }
            at_ = 0;
            end_ = static_cast<std::size_t>(got);
        }
        std::uint16_t length = 0;
        std::memcpy(&length, buffer_.data() + at_ + record_length_offset, sizeof length);
        const std::string_view name(buffer_.data() + at_ + name_offset);
        at_ += length;
        if (name != "." && name != "..") {
            return name;
        }
    }
}

std::optional<int> folder_reader::next_number() noexcept {
    while (const auto name = next()) {
        if (const auto number = parse_id(*name)) {
            return number;
        }
    }
    return std::nullopt;
}

scratch_memory::scratch_memory(std::size_t size) noexcept {
    void* const start = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start != MAP_FAILED) {
        start_ = start;
        size_ = size;
    }
}

scratch_memory::~scratch_memory() {
    if (start_ != nullptr) {
        ::munmap(start_, size_);
    }
}

}  // namespace lastcall::sys

#include "sys/lasting_text.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace lastcall::sys {
namespace {

struct place_head {
    std::uint64_t magic;
    std::uint64_t number;
    std::uint64_t size;
    std::uint64_t digest;
};
constexpr std::uint64_t magic = 0x6c6173742063616cULL;

constexpr off_t place_of(std::uint64_t number) noexcept {
    return static_cast<off_t>((number % 2) * (lasting_text::longest + sizeof(place_head)));
}

// FNV-1a: against a write that was cut, not against an enemy.
std::uint64_t digest_of(std::string_view text, std::uint64_t number) noexcept {
    std::uint64_t value = 0xcbf29ce484222325ULL ^ number;
    for (const char c : text) {
        value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    }
    return value;
}

bool put(int fd, const void* bytes, std::size_t size, off_t at) noexcept {
    return ::pwrite(fd, bytes, size, at) == static_cast<ssize_t>(size);
}

std::optional<std::pair<std::uint64_t, std::string>> read_place(int fd, std::uint64_t which) {
    place_head head{};
    const off_t at = place_of(which);
    if (::pread(fd, &head, sizeof head, at) != sizeof head || head.magic != magic ||
        head.size > lasting_text::longest || head.number % 2 != which) {
        return std::nullopt;
    }
    std::string text(head.size, '\0');
    if (::pread(fd, text.data(), text.size(), at + static_cast<off_t>(sizeof head)) !=
            static_cast<ssize_t>(text.size()) ||
        digest_of(text, head.number) != head.digest) {
        return std::nullopt;
    }
    return std::pair{head.number, std::move(text)};
}

}  // namespace

lasting_text lasting_text::make() noexcept {
    lasting_text made;
    made.fd_.reset(::memfd_create("lastcall-state", MFD_CLOEXEC));
    return made;
}

lasting_text lasting_text::take_over(unique_fd fd) noexcept {
    lasting_text made;
    made.fd_ = std::move(fd);
    for (std::uint64_t which = 0; which < 2; ++which) {
        if (const auto found = read_place(made.fd(), which)) {
            made.number_ = std::max(made.number_, found->first);
        }
    }
    return made;
}

std::optional<std::string> lasting_text::read() const {
    auto even = read_place(fd(), 0);
    auto odd = read_place(fd(), 1);
    if (even && odd) {
        return even->first > odd->first ? std::move(even->second) : std::move(odd->second);
    }
    if (!even && !odd) {
        return std::nullopt;
    }
    return even ? std::move(even->second) : std::move(odd->second);
}

bool lasting_text::write(std::string_view text) noexcept {
    if (!fd_ || text.size() > longest) {
        return false;
    }
    ++number_;
    const place_head head{magic, number_, text.size(), digest_of(text, number_)};
    const off_t at = place_of(number_);
    return put(fd(), text.data(), text.size(), at + static_cast<off_t>(sizeof head)) &&
           put(fd(), &head, sizeof head, at);
}

}  // namespace lastcall::sys

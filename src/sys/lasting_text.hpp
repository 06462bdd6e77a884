// A text that can be read by whoever has a descriptor of it, whenever its writer was killed:
// two places in a memfd, written in turn, each with a number and a digest. A write that was
// cut leaves the text before it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sys/fd.hpp"

namespace lastcall::sys {

class lasting_text {
public:
    /// Close-on-exec. Empty: no memory or descriptors.
    [[nodiscard]] static lasting_text make() noexcept;
    /// Goes on with one that was made before.
    [[nodiscard]] static lasting_text take_over(unique_fd fd) noexcept;

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(fd_); }

    /// What was written last. Unset: nothing, or it is no such memfd.
    [[nodiscard]] std::optional<std::string> read() const;
    /// Returns: false when there is no room: more than `longest`, or no memory.
    bool write(std::string_view text) noexcept;

    static constexpr std::size_t longest = 8U << 20U;

private:
    unique_fd fd_;
    std::uint64_t number_ = 0;
};

}  // namespace lastcall::sys

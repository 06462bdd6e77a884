// Where lines for people go.
#pragma once

#include <string_view>

namespace lastcall::init {

/// Takes one whole line, its end included.
struct line_writer {
    void (*write)(void* context, std::string_view line) noexcept = nullptr;
    void* context = nullptr;

    void operator()(std::string_view line) const noexcept {
        if (write != nullptr) {
            write(context, line);
        }
    }
};

}  // namespace lastcall::init

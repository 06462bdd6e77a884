#include "sys/error_text.hpp"

#include <string.h>

namespace lastcall::sys {

const char* error_text(int error) noexcept {
    const char* text = ::strerrordesc_np(error);
    return text != nullptr ? text : "unknown error";
}

}  // namespace lastcall::sys

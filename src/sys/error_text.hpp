// What an errno means, for people, without a locale.
#pragma once

namespace lastcall::sys {

/// "No such file or directory"; "unknown error" for none. strerrordesc_np(3).
const char* error_text(int error) noexcept;

}  // namespace lastcall::sys

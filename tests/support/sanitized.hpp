// Under a sanitizer everything takes 5 to 20 times as long and memory is kept back: what a test
// measures or repeats is less there.
#pragma once

namespace lastcall::testing {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

#if defined(__SANITIZE_THREAD__)
inline constexpr bool is_thread_sanitized = true;
#else
inline constexpr bool is_thread_sanitized = false;
#endif

}  // namespace lastcall::testing

// Names that nobody else has.
#pragma once

#include <string>

namespace lastcall::sys {

/// A name for one object of this process, that no other object anywhere ever has:
/// host, process id and random digits.
std::string unique_owner_name();

/// Sixteen hexadecimal digits from the kernel, for names that nobody else has.
/// getrandom(2). Errors: std::system_error.
std::string random_digits();

}  // namespace lastcall::sys

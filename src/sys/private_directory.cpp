#include "sys/private_directory.hpp"

#include <stdlib.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace lastcall::sys {

private_directory::private_directory(const char* name) {
    std::string place = (std::filesystem::temp_directory_path() / name).string() + "-XXXXXX";
    if (::mkdtemp(place.data()) == nullptr) {
        throw std::system_error(errno, std::generic_category(),
                                "cannot make a directory like " + place);
    }
    path_ = place;
}

private_directory::~private_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace lastcall::sys

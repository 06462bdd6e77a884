#include <system_error>

#include "sys/output.hpp"

namespace lastcall::sys {

void replace_file(const std::string& path, std::string_view contents) {
    if (const int error = try_replace_file(path.c_str(), contents); error != 0) {
        throw std::system_error(error, std::generic_category(),
                                "cannot write the file \"" + path + "\"");
    }
}

}  // namespace lastcall::sys

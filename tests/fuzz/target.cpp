#include "fuzz/target.hpp"

namespace lastcall::fuzz {

std::map<std::string, body>& targets() {
    static std::map<std::string, body> all;
    return all;
}

}  // namespace lastcall::fuzz

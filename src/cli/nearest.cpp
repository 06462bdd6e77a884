#include "cli/nearest.hpp"

#include "core/near_word.hpp"

namespace lastcall::cli {

std::string nearest(std::string_view typed, std::span<const std::string> known) {
    return std::string(core::near_word(typed, known));
}

std::string no_such_option(const std::string& typed, std::span<const std::string> known) {
    const auto meant = nearest(typed, known);
    return "there is no option " + typed + (meant.empty() ? "" : "; did you mean " + meant + "?");
}

}  // namespace lastcall::cli

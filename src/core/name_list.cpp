#include "core/name_list.hpp"

namespace lastcall::core {
namespace {

/// "php-fpm*" is for php-fpm8.2, too.
bool has_pattern(std::string_view list, std::string_view name) noexcept {
    for (std::size_t star = list.find('*'); star != list.npos; star = list.find('*', star + 1)) {
        const auto begin = list.rfind(' ', star) + 1;
        const auto stem = list.substr(begin, star - begin);
        if (name.substr(0, stem.size()) == stem) {
            return true;
        }
    }
    return false;
}

}  // namespace

bool is_between_blanks(std::string_view list, std::string_view name) noexcept {
    for (std::size_t at = list.find(name); at != list.npos && !name.empty();
         at = list.find(name, at + 1)) {
        if (at > 0 && list[at - 1] == ' ' && at + name.size() < list.size() &&
            list[at + name.size()] == ' ') {
            return true;
        }
    }
    return false;
}

bool is_listed(std::string_view list, std::string_view name) noexcept {
    return is_between_blanks(list, name) || has_pattern(list, name);
}

}  // namespace lastcall::core

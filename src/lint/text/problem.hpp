// What a reader could not take as it stands.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lint/text/place.hpp"

namespace lastcall::lint {

/// The rest of the file was read all the same.
struct problem {
    place at;
    std::string text;  ///< one line: what is wrong, and what is done about it
};

/// A file of garbage has one in each line; nobody reads more of them than this.
inline constexpr std::size_t problem_limit = 100;

inline void add_problem(std::vector<problem>& to, place at, std::string text) {
    if (to.size() < problem_limit) {
        to.push_back({at, std::move(text)});
    } else if (to.size() == problem_limit) {
        to.push_back({at, "here and behind it are further problems, which are not told"});
    }
}

}  // namespace lastcall::lint

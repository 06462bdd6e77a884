// Whether a page is well formed, as far as it takes to see that no text became markup.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lastcall::drill::testing {

struct page_facts {
    std::string problem;  ///< empty: every element is closed where it should be
    std::map<std::string, int> elements;
    std::vector<std::string> ids;
    std::set<std::string> references;  ///< what href="#..." points at
};

[[nodiscard]] page_facts look_at(std::string_view page);

[[nodiscard]] bool contains(std::string_view text, std::string_view part);

}  // namespace lastcall::drill::testing

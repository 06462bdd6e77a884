// A finding of the chain: made when its file is not at hand any more.
#pragma once

#include <string>
#include <string_view>

#include "lint/catalogue/catalogue.hpp"
#include "lint/chain/budget_digest.hpp"
#include "lint/engine/finding.hpp"

namespace lastcall::lint {

inline finding make_finding(std::string_view id, const kept_place& where, std::string what) {
    finding made;
    made.broken = find_rule(id);
    made.how = made.broken->usual;
    made.file = where.file;
    made.at = where.at;
    made.excerpt = where.excerpt;
    made.what = std::move(what);
    return made;
}

inline void add_place(finding& to, const kept_place& where, std::string what) {
    to.further.push_back({where.file, where.at, std::move(what)});
}

}  // namespace lastcall::lint

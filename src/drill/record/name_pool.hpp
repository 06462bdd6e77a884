// Texts that many records share: kept once, at an address that stays.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace lastcall::drill {

/// One thread only. A name lives as long as its pool.
class name_pool {
public:
    [[nodiscard]] std::string_view intern(std::string_view text) {
        const auto found = names_.find(text);
        return found != names_.end() ? *found : *names_.emplace(text).first;
    }

private:
    std::set<std::string, std::less<>> names_;
};

}  // namespace lastcall::drill

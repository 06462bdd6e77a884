// Which fronts send to which container: by the name of a compose service, or by that of a Service
// that selects the pods. What has the same name in another folder is another thing. Pure.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/chain/budget_digest.hpp"

namespace lastcall::lint {

/// Lifetime: that of the digests.
class front_index {
public:
    explicit front_index(std::span<const budget_digest> all);

    [[nodiscard]] std::vector<const budget_digest*> of(const budget_digest& container) const;

private:
    using digests = std::vector<const budget_digest*>;

    void add_called(const std::vector<std::string>& hosts, std::string_view folder, bool is_near,
                    digests& into) const;
    [[nodiscard]] bool is_alone(const budget_digest& container) const;

    std::map<std::string_view, digests> fronts_;             // by host
    std::map<std::string_view, digests> routes_;             // by folder
    std::map<std::string, std::size_t, std::less<>> sizes_;  // containers of a workload
};

/// All that is wanted, and something is.
[[nodiscard]] bool has_all(const std::vector<std::string>& labels,
                           const std::vector<std::string>& wanted);

}  // namespace lastcall::lint

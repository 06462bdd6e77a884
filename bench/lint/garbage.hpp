// Text that means nothing in any language, of the sorts that parsers are slow with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lint_bench {

struct garbage {
    std::string name;  ///< "open brackets"
    /// Returns: about `bytes` of it; the same each time.
    std::string (*text)(std::size_t bytes);
};
[[nodiscard]] const std::vector<garbage>& sorts_of_garbage();

}  // namespace lint_bench

// P + L + D + M <= K as a text, with what is known as numbers and the rest as letters. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "lint/chain/budget_digest.hpp"

namespace lastcall::lint {

struct budget_sum {
    std::chrono::milliseconds announce{0};           ///< P
    std::optional<std::chrono::milliseconds> drain;  ///< D; unset: not known
    std::chrono::milliseconds kill{0};               ///< K

    /// M: a tenth of K, 2 s at least.
    [[nodiscard]] std::chrono::milliseconds reserve() const;
    /// P + M, and D where it is known. L cannot be seen in a file, and is at least nothing.
    [[nodiscard]] std::chrono::milliseconds least() const;
    /// More is needed than there is, whatever is not known.
    [[nodiscard]] bool breaks() const { return least() > kill; }
    /// "P 5 s + L + D 60 s + M 3 s > K 30 s"
    [[nodiscard]] std::string text() const;
};

}  // namespace lastcall::lint

// Copies of programs that have run, by digest, so that a rollback can start what is not at
// its path any more.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "agent/plan/run_plan.hpp"

namespace lastcall::agent {

struct keep_limits {
    std::size_t count = 10;                 ///< programs
    std::uint64_t largest = 512ULL << 20U;  ///< bytes of one
};

struct kept_program {
    std::string file;     ///< empty: it was not kept
    std::string how;      ///< "reflink", "copy", "there already"
    std::string why_not;  ///< in words
};

/// `folder`  places::programs(); made where it is not there
/// `needed`  digests that stay whatever the count
/// Nothing is thrown: a program that could not be kept runs all the same.
[[nodiscard]] kept_program keep_program(const run_plan& plan, const std::string& folder,
                                        const std::set<std::string>& needed,
                                        const keep_limits& limits = {}) noexcept;

/// The copy of a program, when it is there and still has this digest.
[[nodiscard]] std::optional<std::string> find_kept(const std::string& folder,
                                                   const std::string& digest) noexcept;

}  // namespace lastcall::agent

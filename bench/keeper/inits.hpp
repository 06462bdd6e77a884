// The inits that are compared: ours, those of Debian, and none at all.
#pragma once

#include <string>
#include <vector>

#include "shared/results.hpp"

namespace keeper_bench {

enum class kind {
    ours,
    peer,
    none,  ///< the program itself, with nobody between
};

struct init {
    std::string name;
    std::string program;                  ///< empty for none
    std::vector<std::string> as_pid_1;    ///< options where it is PID 1
    std::vector<std::string> as_process;  ///< and where it is not
    kind is = kind::peer;

    [[nodiscard]] bool ours() const noexcept { return is == kind::ours; }
};

/// Ours first, none last. A peer that is not installed becomes a note.
[[nodiscard]] std::vector<init> find_inits(const std::string& bin, measured::results& into);

}  // namespace keeper_bench

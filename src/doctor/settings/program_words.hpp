// The words that a program was started with, of which some have made something else.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/look/seen_process.hpp"

namespace lastcall::doctor {

struct program_words {
    std::vector<std::string> words;
    /// It has written another text over them ("puma 5.6.5 (tcp://…) [app]"): its options are lost.
    bool is_title = false;

    /// "--limit 5" and "--limit=5"; the last where it comes twice. Unset: it is not there.
    /// `option`  * stands for any text in it; small letters are for large ones, too
    [[nodiscard]] std::optional<std::string> option(std::string_view option) const;
    [[nodiscard]] std::vector<std::string> all_of(std::string_view option) const;
    [[nodiscard]] bool has(std::string_view word) const;
};

/// nginx keeps them behind "nginx: master process".
[[nodiscard]] program_words words_of(const seen_process& one);

/// Split at blanks, without quotes around a word.
[[nodiscard]] std::vector<std::string> split_words(std::string_view text);

/// It is this program, or a script of that name behind its interpreter
/// ("/usr/bin/python3 /usr/bin/uvicorn", "python3 -m uvicorn").
[[nodiscard]] bool is_named(const seen_process& one, std::string_view name);

}  // namespace lastcall::doctor

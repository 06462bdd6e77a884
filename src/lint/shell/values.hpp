// What words stand for, as far as the file says it.
//
// Only what cannot be otherwise is known: a variable that one statement at the top level sets, and
// nothing else in the file. `${GRACE:-5}` is 5 by default. What a program sets from outside (`.`,
// `eval`) is not seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lint/shell/script.hpp"

namespace lastcall::lint::shell {

enum class certainty : std::uint8_t {
    known,
    by_default,  ///< unless the environment says otherwise
    unknown,
};

struct value {
    std::string text;  ///< of what is unknown, as it is written
    certainty how = certainty::known;

    [[nodiscard]] bool is_known() const noexcept { return how != certainty::unknown; }
};

class variables {
public:
    variables() = default;
    explicit variables(const script& whole);

    /// Returns: null for what is not known.
    [[nodiscard]] const value* find(std::string_view name) const;

private:
    std::map<std::string, value, std::less<>> known_;
};

[[nodiscard]] value value_of(const word& given, const variables& known);
[[nodiscard]] value value_of(const std::vector<part>& given, const variables& known);

/// One word of a command after expansion.
struct argument {
    value what;
    bool is_many = false;        ///< may be any number of words, as "$@" or an unquoted $x is
    const word* from = nullptr;  ///< as long as the script lives
    stretch where;

    [[nodiscard]] bool is_known() const noexcept { return what.is_known(); }
    /// Known and equal. What is so by default counts as known.
    [[nodiscard]] bool is(std::string_view text) const { return is_known() && what.text == text; }
};

/// A known variable without quotes around it may give several.
[[nodiscard]] std::vector<argument> arguments_of(const std::vector<word>& words,
                                                 const variables& known);

}  // namespace lastcall::lint::shell

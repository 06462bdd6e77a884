// The words of an instruction of a Dockerfile, as BuildKit's parser and its shlex read them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {

/// Splits at blanks; quotes hold a word together and stay in it.
[[nodiscard]] std::vector<mapped_text> split_docker_words(const mapped_text& text, char escape);

struct json_words {
    std::vector<mapped_text> words;
    bool is_json = false;    ///< a JSON array of strings, and nothing behind it
    std::string why_not;     ///< of what begins with [ and is none
    std::size_t wrong = 0;   ///< the byte of the text that is wrong
    bool has_other = false;  ///< it is JSON, but not of strings only: the build fails
};

/// The exec form: a JSON array of strings. What begins with [ and is none becomes the shell form
/// without a word, as in ['a'].
[[nodiscard]] json_words read_json_words(const mapped_text& text);

/// What is known of the variables at one point of a Dockerfile.
class docker_variables {
public:
    /// An unset value: it is there, but what it is, nobody here knows.
    void set(std::string_view name, std::optional<std::string> value);

    /// Whether a name that was never set has no value; else it may be one of the base image.
    void know_all() noexcept { knows_all_ = true; }

    /// Unset: not known. Empty optional inside: known to have no value.
    [[nodiscard]] std::optional<std::optional<std::string_view>> find(std::string_view name) const;

    [[nodiscard]] const std::map<std::string, std::optional<std::string>, std::less<>>& all()
        const {
        return values_;
    }

private:
    std::map<std::string, std::optional<std::string>, std::less<>> values_;
    bool knows_all_ = false;
};

struct docker_word {
    mapped_text text;      ///< without quotes, with the values of the variables
    bool is_known = true;  ///< no variable is in it whose value is not known; those are left out
};

/// ${x}, ${x:-y}, ${x:+y}, quotes and escapes.
[[nodiscard]] docker_word expand_docker_word(const mapped_text& word,
                                             const docker_variables& variables, char escape);

}  // namespace lastcall::lint

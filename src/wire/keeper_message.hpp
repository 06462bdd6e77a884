// What the keeper and the agent say to each other: a word and fields, each ended by NUL.
//
//   start\0id=4\0service=web\0generation=7\0argv=node\0argv=server.js\0
//
// Values hold anything but NUL, as arguments and environments do; a name may come again, and
// then it is a list. A reader skips fields that it does not know, and answers `failed` to a
// word that it does not know, so either side may be the newer one. docs/keeper-protocol.md
// lists the words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lastcall::wire {

/// The version in `hello` and `welcome`; raised when an old reader would misunderstand.
inline constexpr int keeper_protocol = 1;

class keeper_message {
public:
    explicit keeper_message(std::string_view word) : word_(word) {}

    keeper_message& add(std::string_view name, std::string_view value);
    keeper_message& add(std::string_view name, std::int64_t value);

    [[nodiscard]] std::string_view word() const noexcept { return word_; }
    [[nodiscard]] bool is(std::string_view word) const noexcept { return word_ == word; }

    /// The first of this name; empty and `has` false where there is none.
    [[nodiscard]] std::string_view text(std::string_view name) const noexcept;
    [[nodiscard]] bool has(std::string_view name) const noexcept;
    [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
    /// Unset: not there, or no whole number.
    [[nodiscard]] std::optional<std::int64_t> number(std::string_view name) const noexcept;

    [[nodiscard]] std::string encode() const;
    /// Unset: no word, a field without a name, or text behind the last NUL.
    [[nodiscard]] static std::optional<keeper_message> decode(std::string_view text);

private:
    std::string word_;
    std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace lastcall::wire

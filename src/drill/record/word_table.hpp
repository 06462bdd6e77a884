// The words of an enumeration: name for programs, text for people. A table in the order of
// the enumeration, checked when it is compiled.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace lastcall::drill {

template <class Enum>
struct worded {
    Enum value;
    std::string_view name;
    std::string_view words;
};

template <class Enum, std::size_t Count>
class word_table {
public:
    consteval explicit word_table(const std::array<worded<Enum>, Count>& entries)
        : entries_(entries) {
        for (std::size_t i = 0; i < Count; ++i) {
            if (static_cast<std::size_t>(entries[i].value) != i) {
                throw "an entry is missing, or out of order";
            }
            values_[i] = entries[i].value;
        }
    }

    [[nodiscard]] constexpr std::string_view name(Enum value) const noexcept {
        return entries_[static_cast<std::size_t>(value)].name;
    }
    [[nodiscard]] constexpr std::string_view words(Enum value) const noexcept {
        return entries_[static_cast<std::size_t>(value)].words;
    }
    [[nodiscard]] constexpr const std::array<Enum, Count>& values() const noexcept {
        return values_;
    }
    [[nodiscard]] constexpr std::optional<Enum> find(std::string_view name) const noexcept {
        for (const auto& one : entries_) {
            if (one.name == name) {
                return one.value;
            }
        }
        return std::nullopt;
    }

private:
    std::array<worded<Enum>, Count> entries_;
    std::array<Enum, Count> values_{};
};

}  // namespace lastcall::drill

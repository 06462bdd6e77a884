// The members of one line of an event log, each checked before it is believed.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "drill/record/event_log.hpp"

namespace lastcall::drill {

/// Where a line is from, for errors.
struct line_place {
    std::string_view file;
    std::uint64_t line = 0;

    /// Errors: event_log_error, always: "FILE:LINE: reason; what to do".
    [[noreturn]] void fail(const std::string& reason) const;
};

/// No moment or duration of a run is longer: 73 years. Sums and differences of a few fit.
inline constexpr std::int64_t longest_ns = std::int64_t{1} << 61;

/// One object. A missing number is 0 and a missing truth false only in the functions that
/// say so. Errors of all of them: event_log_error.
class line_fields {
public:
    line_fields(const nlohmann::json& object, const line_place& place);

    [[nodiscard]] bool has(const char* key) const { return object_.contains(key); }
    [[nodiscard]] const line_place& place() const noexcept { return place_; }

    [[nodiscard]] std::string text(const char* key) const;
    [[nodiscard]] bool truth(const char* key) const;
    [[nodiscard]] double real(const char* key) const;

    /// Within the range of Number, from 0 where `least` is not given.
    template <class Number>
    [[nodiscard]] Number number(const char* key, Number least = 0,
                                Number most = std::numeric_limits<Number>::max()) const {
        return narrow<Number>(key, need(key), least, most);
    }

    /// The same; 0 when it is missing.
    template <class Number>
    [[nodiscard]] Number some(const char* key, Number least = 0) const {
        return has(key) ? number<Number>(key, least) : Number{};
    }

    /// Relative to `origin`; 0 when it is missing.
    [[nodiscard]] std::int64_t moment(const char* key, std::int64_t origin) const;

    [[nodiscard]] std::chrono::nanoseconds duration(const char* key) const {
        return std::chrono::nanoseconds(span(key));
    }
    /// In nanoseconds, from 0 to longest_ns.
    [[nodiscard]] std::int64_t span(const char* key) const;

    [[nodiscard]] line_fields object(const char* key) const;

    /// Calls `take` with the fields of each object of a list.
    template <class Take>
    void each_object(const char* key, Take take) const {
        for (const auto& one : list(key)) {
            take(line_fields(one, place_));
        }
    }

    [[nodiscard]] std::vector<std::string> texts(const char* key) const;

    template <class Number>
    [[nodiscard]] std::vector<Number> numbers(const char* key, Number least = 0) const {
        std::vector<Number> all;
        for (const auto& one : list(key)) {
            all.push_back(narrow<Number>(key, one, least));
        }
        return all;
    }

    /// Calls `take` with the name of each member.
    template <class Take>
    void each_name(Take take) const {
        for (const auto& [name, ignored] : object_.items()) {
            take(name);
        }
    }

    /// The word of a table. `find` returns an optional.
    template <class Find>
    [[nodiscard]] auto word(const char* key, Find find) const {
        return known(key, text(key), find);
    }
    template <class Find>
    [[nodiscard]] auto known(const char* key, const std::string& name, Find find) const {
        const auto found = find(std::string_view(name));
        if (!found) {
            unknown_word(key, name);
        }
        return *found;
    }

private:
    [[nodiscard]] const nlohmann::json& need(const char* key) const;
    [[nodiscard]] const nlohmann::json& list(const char* key) const;
    [[noreturn]] void wrong(const char* key, const nlohmann::json& found,
                            const std::string& wanted) const;
    [[noreturn]] void unknown_word(const char* key, const std::string& name) const;

    template <class Number>
    [[nodiscard]] Number narrow(const char* key, const nlohmann::json& value, Number least,
                                Number most = std::numeric_limits<Number>::max()) const {
        if (value.is_number_unsigned()) {
            const auto found = value.get<std::uint64_t>();
            if (found <= static_cast<std::uint64_t>(most) &&
                (least <= 0 || found >= static_cast<std::uint64_t>(least))) {
                return static_cast<Number>(found);
            }
        } else if (value.is_number_integer()) {  // negative: nlohmann keeps the two apart
            const auto found = value.get<std::int64_t>();
            if (least < 0 && found >= static_cast<std::int64_t>(least)) {
                return static_cast<Number>(found);
            }
        }
        wrong(key, value,
              "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    }

    const nlohmann::json& object_;
    line_place place_;
};

}  // namespace lastcall::drill

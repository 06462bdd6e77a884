// Members of an agent's answer. What is not there, or of another kind, is empty: another
// version may have left it out.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lastcall::cli {

using nlohmann::json;

[[nodiscard]] inline const json& member(const json& of, const char* name) {
    static const json none;
    if (!of.is_object()) {
        return none;
    }
    const auto at = of.find(name);
    return at == of.end() ? none : *at;
}

[[nodiscard]] inline std::string text_in(const json& of, const char* name) {
    const auto& value = member(of, name);
    return value.is_string() ? value.get<std::string>() : std::string();
}

[[nodiscard]] inline std::int64_t number_in(const json& of, const char* name) {
    const auto& value = member(of, name);
    return value.is_number() ? value.get<std::int64_t>() : 0;
}

[[nodiscard]] inline bool truth_in(const json& of, const char* name) {
    const auto& value = member(of, name);
    return value.is_boolean() && value.get<bool>();
}

/// The elements of a list; none where it is no list.
[[nodiscard]] inline std::vector<json> list_in(const json& of, const char* name) {
    const auto& value = member(of, name);
    return value.is_array() ? value.get<std::vector<json>>() : std::vector<json>();
}

[[nodiscard]] inline std::vector<std::string> texts_in(const json& of, const char* name) {
    std::vector<std::string> made;
    for (const auto& one : list_in(of, name)) {
        if (one.is_string()) {
            made.push_back(one.get<std::string>());
        }
    }
    return made;
}

}  // namespace lastcall::cli

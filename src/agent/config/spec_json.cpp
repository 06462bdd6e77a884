#include "agent/config/spec_json.hpp"

#include "agent/config/spec_fields.hpp"
#include "agent/config/spec_words.hpp"
#include "config/values.hpp"
#include "core/utf8.hpp"

namespace lastcall::agent {
namespace {

using nlohmann::json;

// ---- writing ----

json made_of(const std::string& value) { return text_json(value); }
json made_of(std::chrono::nanoseconds value) { return value.count(); }

template <class Value>
json made_of(const Value& value);

template <class Value>
json made_of(const std::vector<Value>& values) {
    auto made = json::array();
    for (const auto& one : values) {
        made.push_back(made_of(one));
    }
    return made;
}
template <class Value>
json made_of(const std::optional<Value>& value) {
    return value ? made_of(*value) : json(nullptr);
}
template <class Left, class Right>
json made_of(const std::pair<Left, Right>& value) {
    return json::array({made_of(value.first), made_of(value.second)});
}
template <class Value>
json made_of(const std::map<std::string, Value>& values) {
    auto made = json::object();
    for (const auto& [name, value] : values) {
        made[name] = made_of(value);
    }
    return made;
}
template <class Value>
json made_of(const Value& value) {
    if constexpr (std::is_arithmetic_v<Value>) {
        return value;
    } else if constexpr (std::is_enum_v<Value>) {
        return word_for(value);
    } else {
        auto made = json::object();
        each_field(value,
                   [&made](const char* name, const auto& member) { made[name] = made_of(member); });
        return made;
    }
}

// ---- reading ----

[[noreturn]] void refuse(const std::string& path, const char* expected) {
    throw config::settings_error(path + ": " + expected + " is expected");
}

template <class Value>
void take(const json& from, Value& into, const std::string& path);

void take(const json& from, std::string& into, const std::string& path) {
    if (from.is_string()) {
        into = from.get<std::string>();
        return;
    }
    const auto hex = from.is_object() && from.contains("bytes") && from["bytes"].is_string()
                         ? from["bytes"].get<std::string>()
                         : std::string("?");
    constexpr std::string_view digits = "0123456789abcdef";
    if (hex.size() % 2 != 0 || hex.find_first_not_of(digits) != std::string::npos) {
        refuse(path, "a text");
    }
    into.clear();
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        into += static_cast<char>(digits.find(hex[i]) * 16 + digits.find(hex[i + 1]));
    }
}
void take(const json& from, bool& into, const std::string& path) {
    if (!from.is_boolean()) {
        refuse(path, "true or false");
    }
    into = from.get<bool>();
}
void take(const json& from, std::chrono::nanoseconds& into, const std::string& path) {
    std::int64_t count = 0;
    take(from, count, path);
    into = std::chrono::nanoseconds(count);
}
template <class Value>
void take(const json& from, std::vector<Value>& into, const std::string& path) {
    if (!from.is_array()) {
        refuse(path, "a list");
    }
    into.clear();
    for (const auto& one : from) {
        const auto here = path + "[" + std::to_string(into.size()) + "]";
        take(one, into.emplace_back(), here);
    }
}
template <class Value>
void take(const json& from, std::optional<Value>& into, const std::string& path) {
    into.reset();
    if (!from.is_null()) {
        take(from, into.emplace(), path);
    }
}
template <class Left, class Right>
void take(const json& from, std::pair<Left, Right>& into, const std::string& path) {
    if (!from.is_array() || from.size() != 2) {
        refuse(path, "a list of two");
    }
    take(from[0], into.first, path);
    take(from[1], into.second, path);
}
template <class Value>
void take(const json& from, std::map<std::string, Value>& into, const std::string& path) {
    if (!from.is_object()) {
        refuse(path, "a map");
    }
    into.clear();
    for (const auto& [name, value] : from.items()) {
        take(value, into[name], path + "." + name);
    }
}
template <class Value>
void take_number(const json& from, Value& into, const std::string& path) {
    // A JSON number is signed or not; the comparison has to know which.
    const bool fits =
        from.is_number_unsigned()
            ? std::in_range<Value>(from.get<std::uint64_t>())
            : from.is_number_integer() && std::in_range<Value>(from.get<std::int64_t>());
    if (!fits) {
        refuse(path, "a whole number that fits");
    }
    into = from.get<Value>();
}
template <class Value>
void take_word(const json& from, Value& into, const std::string& path) {
    for (const auto& [word, value] : words<Value>()) {
        if (from.is_string() && from.get<std::string>() == word) {
            into = value;
            return;
        }
    }
    refuse(path, "a word that is known");
}
template <class Value>
void take(const json& from, Value& into, const std::string& path) {
    if constexpr (std::is_arithmetic_v<Value>) {
        take_number(from, into, path);
    } else if constexpr (std::is_enum_v<Value>) {
        take_word(from, into, path);
    } else {
        if (!from.is_object()) {
            refuse(path.empty() ? "the configuration" : path, "a map");
        }
        each_field(into, [&](const char* name, auto& member) {
            if (const auto found = from.find(name); found != from.end()) {
                take(*found, member, path.empty() ? name : path + "." + name);
            }
        });
    }
}

}  // namespace

json text_json(std::string_view text) {
    for (auto rest = text; !rest.empty();) {
        const auto length = core::character_length(rest);
        if (length == 0) {
            constexpr std::string_view digits = "0123456789abcdef";
            std::string hex;
            for (const char c : text) {
                hex += digits[static_cast<unsigned char>(c) >> 4U];
                hex += digits[static_cast<unsigned char>(c) & 15U];
            }
            return {{"bytes", hex}};
        }
        rest.remove_prefix(length);
    }
    return std::string(text);
}

json to_json(const host_spec& spec) { return made_of(spec); }
json to_json(const service_spec& spec) { return made_of(spec); }
json to_json(const socket_spec& spec) { return made_of(spec); }
json to_json(const stop_spec& spec) { return made_of(spec); }
json to_json(const limit_spec& spec) { return made_of(spec); }

host_spec host_from_json(const json& from) {
    host_spec made;
    take(from, made, {});
    return made;
}

service_spec service_from_json(const json& from) {
    service_spec made;
    take(from, made, {});
    return made;
}

}  // namespace lastcall::agent

// Holds a value to a JSON Schema, as far as ours go. A keyword that is not known here is an
// error: what is not checked must not look as if it were.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace lastcall::drill {

class schema_check {
public:
    using json = nlohmann::json;

    /// Returns: what is wrong, "/criteria/3/id: not among the allowed values".
    static std::vector<std::string> problems(const json& schema, const json& value) {
        schema_check check;
        check.hold(schema, value, "");
        return check.found_;
    }

private:
    void hold(const json& schema, const json& value, const std::string& at) {
        for (const auto& [keyword, rule] : schema.items()) {
            if (keyword == "type") {
                expect(is_a(value, rule), at, "not of type " + rule.get<std::string>());
            } else if (keyword == "const") {
                expect(value == rule, at, "not " + rule.dump());
            } else if (keyword == "enum") {
                expect(std::ranges::find(rule, value) != rule.end(), at,
                       "not among the allowed values");
            } else if (keyword == "minimum") {
                expect(!value.is_number() || value >= rule, at, "too small");
            } else if (keyword == "maximum") {
                expect(!value.is_number() || value <= rule, at, "too large");
            } else if (keyword == "minItems") {
                expect(!value.is_array() || value.size() >= rule, at, "too few");
            } else if (keyword == "maxItems") {
                expect(!value.is_array() || value.size() <= rule, at, "too many");
            } else if (keyword == "required") {
                for (const auto& name : rule) {
                    expect(!value.is_object() || value.contains(name), at,
                           "without " + name.get<std::string>());
                }
            } else if (keyword == "items") {
                for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
                    hold(rule, value[i], at + "/" + std::to_string(i));
                }
            } else if (keyword == "properties") {
                members(schema, value, at);
            } else if (keyword != "$schema" && keyword != "title" &&
                       keyword != "additionalProperties") {
                found_.push_back("the schema has the unknown keyword " + keyword);
            }
        }
    }

    void members(const json& schema, const json& value, const std::string& at) {
        if (!value.is_object()) {
            return;
        }
        for (const auto& [name, member] : value.items()) {
            const auto rule = schema["properties"].find(name);
            if (rule != schema["properties"].end()) {
                hold(*rule, member, at + "/" + name);
            } else {
                expect(schema.value("additionalProperties", true), at, "unknown member " + name);
            }
        }
    }

    static bool is_a(const json& value, const json& type) {
        return type == "object"    ? value.is_object()
               : type == "array"   ? value.is_array()
               : type == "string"  ? value.is_string()
               : type == "boolean" ? value.is_boolean()
               : type == "integer" ? value.is_number_integer()
                                   : type == "number" && value.is_number();
    }

    void expect(bool holds, const std::string& at, const std::string& problem) {
        if (!holds) {
            found_.push_back(at + ": " + problem);
        }
    }

    std::vector<std::string> found_;
};

}  // namespace lastcall::drill

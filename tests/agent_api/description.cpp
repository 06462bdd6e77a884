#include "agent_api/description.hpp"

#include <regex>

namespace lastcall::agent::testing {

using nlohmann::json;

namespace {

json to_json(const YAML::Node& node) {
    json made;
    if (node.IsMap()) {
        made = json::object();
        for (const auto& one : node) {
            made[one.first.as<std::string>()] = to_json(one.second);
        }
    } else if (node.IsSequence()) {
        made = json::array();
        for (const auto& one : node) {
            made.push_back(to_json(one));
        }
    } else if (node.Tag() == "!") {  // quoted: a text
        made = node.as<std::string>();
    } else {
        const auto text = node.as<std::string>();
        const json parsed = json::parse(text, nullptr, false);
        made = parsed.is_boolean() || parsed.is_number() ? parsed : json(text);
    }
    return made;
}

bool is_of_type(const json& value, const std::string& type) {
    return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
           (type == "string" && value.is_string()) || (type == "boolean" && value.is_boolean()) ||
           (type == "integer" && value.is_number_integer()) ||
           (type == "number" && value.is_number());
}

}  // namespace

description::description() : all_(to_json(YAML::LoadFile(AGENT_API_YAML))) {}

std::set<std::string> description::operations() const {
    std::set<std::string> made;
    for (const auto& [path, methods] : all_["paths"].items()) {
        for (const auto& [method, what] : methods.items()) {
            std::string name = method;
            for (char& c : name) {
                c = static_cast<char>(std::toupper(c));
            }
            made.insert(name + " " + path);
        }
    }
    return made;
}

std::string description::role_of(const std::string& method, const std::string& path) const {
    return all_["paths"][path][method].value("x-role", "none");
}

json description::resolve(const json& node) const {
    if (!node.contains("$ref")) {
        return node;
    }
    const auto pointer = node["$ref"].get<std::string>().substr(1);
    return all_.at(json::json_pointer(pointer));
}

std::string description::fault_in(const std::string& method, const std::string& path, int status,
                                  const std::string& type, const std::string& body) const {
    const json& responses = all_["paths"][path][method]["responses"];
    const std::string code = std::to_string(status);
    const bool is_named = responses.contains(code);
    if (!is_named && status < 400) {
        return code + " is not described for " + method + " " + path;
    }
    const json response = resolve(responses[is_named ? code : "default"]);
    const std::string media = type.substr(0, type.find(';'));
    if (!response["content"].contains(media)) {
        return code + " of " + path + " is not described as " + media;
    }
    const json& schema = response["content"][media]["schema"];
    if (media != "application/json") {
        return check(body, schema, "the text");
    }
    const json value = json::parse(body, nullptr, false);
    return value.is_discarded() ? "no JSON: " + body : check(value, schema, path);
}

std::string description::fault_in(const json& value, const std::string& schema) const {
    return check(value, all_["components"]["schemas"][schema], schema);
}

std::string description::check(const json& value, const json& schema_or_reference,
                               const std::string& where) const {
    const json schema = resolve(schema_or_reference);
    // First: the other keywords read the value as of this type.
    if (schema.contains("type") && !is_of_type(value, schema["type"])) {
        return where + " is " + value.type_name() + ", not " + schema["type"].get<std::string>();
    }
    for (const auto& [keyword, wanted] : schema.items()) {
        if (keyword == "properties") {
            for (const auto& [name, inner] : wanted.items()) {
                if (value.contains(name)) {
                    if (auto fault = check(value[name], inner, where + "." + name);
                        !fault.empty()) {
                        return fault;
                    }
                }
            }
        } else if (keyword == "required") {
            for (const auto& name : wanted) {
                if (!value.contains(name.get<std::string>())) {
                    return where + " lacks " + name.get<std::string>();
                }
            }
        } else if (keyword == "additionalProperties" && wanted == false) {
            for (const auto& [name, inner] : value.items()) {
                if (!schema["properties"].contains(name)) {
                    return where + " has " + name + ", which is not described";
                }
            }
        } else if (keyword == "items") {
            for (const auto& one : value) {
                if (auto fault = check(one, wanted, where + "[]"); !fault.empty()) {
                    return fault;
                }
            }
        } else if (keyword == "enum") {
            if (std::find(wanted.begin(), wanted.end(), value) == wanted.end()) {
                return where + " is " + value.dump() + ", which is not among the values";
            }
        } else if (keyword == "minimum") {
            if (value.get<double>() < wanted.get<double>()) {
                return where + " is too small: " + value.dump();
            }
        } else if (keyword == "minLength") {
            if (value.get<std::string>().size() < wanted.get<std::size_t>()) {
                return where + " is too short";
            }
        } else if (keyword == "pattern") {
            if (!std::regex_search(value.get<std::string>(),
                                   std::regex(wanted.get<std::string>()))) {
                return where + " does not fit its pattern: " + value.dump();
            }
        } else if (keyword == "oneOf") {
            int fitting = 0;
            for (const auto& one : wanted) {
                fitting += check(value, one, where).empty() ? 1 : 0;
            }
            if (fitting != 1) {
                return where + " fits " + std::to_string(fitting) + " of oneOf: " + value.dump();
            }
        } else if (keyword != "type" && keyword != "description" &&
                   keyword != "additionalProperties") {
            return "the keyword " + keyword + " of a schema is not known to the test";
        }
    }
    return {};
}

}  // namespace lastcall::agent::testing

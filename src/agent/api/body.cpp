#include "agent/api/body.hpp"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <set>

#include "agent/api/api_error.hpp"
#include "agent/api/to_json.hpp"

namespace lastcall::agent {

using nlohmann::json;

namespace {

constexpr int deepest = 8;

// Tells a key that comes twice, and nesting, while the text is parsed: the tree would show
// neither.
class watcher {
public:
    bool operator()(int depth, json::parse_event_t event, const json& parsed) {
        using parsing = json::parse_event_t;
        if (depth > deepest) {
            refuse_request("the body is nested deeper than " + std::to_string(deepest) + " levels");
        }
        if (event == parsing::object_start) {
            keys_.emplace_back();
        } else if (event == parsing::object_end) {
            keys_.pop_back();
        } else if (event == parsing::key &&
                   !keys_.back().insert(parsed.get<std::string>()).second) {
            refuse_request("the body has " + text_of(parsed) + " twice in one object");
        }
        return true;
    }

private:
    std::vector<std::set<std::string>> keys_;
};

json parse(const std::string& text) {
    // nlohmann::json copies its callback: one watcher behind all copies.
    watcher watch;
    try {
        return json::parse(text, [&watch](int depth, json::parse_event_t event, json& parsed) {
            return watch(depth, event, parsed);
        });
    } catch (const json::exception& e) {
        refuse_request(std::string("the body is no JSON: ") + e.what());
    }
}

std::string text_in(const json& value, const std::string& name) {
    if (!value.is_string()) {
        refuse_request("\"" + name + "\" is " + value.type_name() + "; it takes a string");
    }
    auto text = value.get<std::string>();
    if (text.find('\0') != std::string::npos) {
        refuse_request("\"" + name + "\" has a NUL in it");
    }
    return text;
}

const json* find(const json& all, const std::string& name) {
    const auto at = all.find(name);
    return at == all.end() ? nullptr : &*at;
}

}  // namespace

void expect_content_type(const http::request& from, std::initializer_list<std::string_view> known) {
    const auto at = from.find(http::field::content_type);
    if (at == from.end()) {
        return;
    }
    const std::string_view all(at->value().data(), at->value().size());
    std::string_view type = all.substr(0, all.find(';'));
    while (type.ends_with(' ')) {
        type.remove_suffix(1);
    }
    const auto is_it = [&](std::string_view one) { return boost::beast::iequals(one, type); };
    if (std::none_of(known.begin(), known.end(), is_it)) {
        throw api_error(http::status::unsupported_media_type, "unsupported_media_type",
                        "the body is said to be \"" + std::string(type) + "\"",
                        "send it as " + std::string(*known.begin()));
    }
}

request_body::request_body(const http::request& from, std::initializer_list<std::string_view> known)
    : all_(json::object()) {
    if (from.body().empty()) {
        return;
    }
    expect_content_type(from, {"application/json"});
    all_ = parse(from.body());
    if (!all_.is_object()) {
        refuse_request(std::string("the body is ") + all_.type_name() + "; it takes an object");
    }
    for (const auto& [name, value] : all_.items()) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            std::string list;
            for (const std::string_view one : known) {
                list.append(list.empty() ? "" : ", ").append(one);
            }
            refuse_request("the body has \"" + name + "\", which is not known here",
                           list.empty() ? "this path takes no body" : "known are: " + list);
        }
    }
}

std::string request_body::text(const std::string& name) const {
    const json* value = find(all_, name);
    return value == nullptr ? std::string() : text_in(*value, name);
}

std::string request_body::required_text(const std::string& name) const {
    std::string value = text(name);
    if (value.empty()) {
        refuse_request("the body lacks \"" + name + "\"");
    }
    return value;
}

bool request_body::truth(const std::string& name) const {
    const json* value = find(all_, name);
    if (value != nullptr && !value->is_boolean()) {
        refuse_request("\"" + name + "\" is " + value->type_name() + "; it takes true or false");
    }
    return value != nullptr && value->get<bool>();
}

std::vector<std::string> request_body::texts(const std::string& name) const {
    std::vector<std::string> made;
    if (const json* value = find(all_, name)) {
        if (!value->is_array()) {
            refuse_request("\"" + name + "\" is " + value->type_name() +
                           "; it takes a list of strings");
        }
        for (const json& one : *value) {
            made.push_back(text_in(one, name));
        }
    }
    return made;
}

std::map<std::string, std::string> request_body::text_map(const std::string& name) const {
    std::map<std::string, std::string> made;
    if (const json* value = find(all_, name)) {
        if (!value->is_object()) {
            refuse_request("\"" + name + "\" is " + value->type_name() +
                           "; it takes an object of strings");
        }
        for (const auto& [key, one] : value->items()) {
            if (key.empty() || key.find('=') != std::string::npos ||
                key.find('\0') != std::string::npos) {
                refuse_request("\"" + name + "\" has " + text_of(key) +
                               ", which cannot be the name of a variable");
            }
            made.emplace(key, text_in(one, name + "." + key));
        }
    }
    return made;
}

std::string request_body::canonical() const { return text_of(all_); }

}  // namespace lastcall::agent

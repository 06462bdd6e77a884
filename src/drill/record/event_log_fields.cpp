#include "drill/record/event_log_fields.hpp"

namespace lastcall::drill {
namespace {

std::string shown(const nlohmann::json& value) {
    constexpr std::size_t enough = 40;
    auto text = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    return text.size() <= enough ? text : text.substr(0, enough) + "...";
}

}  // namespace

void line_place::fail(const std::string& reason) const {
    throw event_log_error(std::string(file) + ':' + std::to_string(line) + ": " + reason);
}

line_fields::line_fields(const nlohmann::json& object, const line_place& place)
    : object_(object), place_(place) {
    if (!object.is_object()) {
        place_.fail("an object was expected and not " + shown(object) +
                    "; the file is damaged: record the run again");
    }
}

const nlohmann::json& line_fields::need(const char* key) const {
    const auto found = object_.find(key);
    if (found == object_.end()) {
        place_.fail('"' + std::string(key) +
                    "\" is missing; the file is damaged: record the run again");
    }
    return *found;
}

const nlohmann::json& line_fields::list(const char* key) const {
    const auto& found = need(key);
    if (!found.is_array()) {
        wrong(key, found, "a list");
    }
    return found;
}

void line_fields::wrong(const char* key, const nlohmann::json& found,
                        const std::string& wanted) const {
    place_.fail('"' + std::string(key) + "\" is " + shown(found) + " and not " + wanted +
                "; the file is damaged: record the run again");
}

void line_fields::unknown_word(const char* key, const std::string& name) const {
    place_.fail('"' + std::string(key) + "\" is the word " + shown(nlohmann::json(name)) +
                ", which is not known; read the file with the version that wrote it");
}

std::string line_fields::text(const char* key) const {
    const auto& found = need(key);
    if (!found.is_string()) {
        wrong(key, found, "a text");
    }
    return found.get<std::string>();
}

bool line_fields::truth(const char* key) const {
    const auto& found = need(key);
    if (!found.is_boolean()) {
        wrong(key, found, "true or false");
    }
    return found.get<bool>();
}

double line_fields::real(const char* key) const {
    const auto& found = need(key);
    if (!found.is_number()) {
        wrong(key, found, "a number");
    }
    return found.get<double>();
}

std::int64_t line_fields::span(const char* key) const {
    const auto found = number<std::int64_t>(key);
    if (found > longest_ns) {
        wrong(key, need(key), "a duration of less than 73 years");
    }
    return found;
}

std::int64_t line_fields::moment(const char* key, std::int64_t origin) const {
    if (!has(key)) {
        return 0;
    }
    const auto since = number<std::int64_t>(key, -longest_ns);
    const auto ns = since > longest_ns ? -1 : origin + since;
    if (ns < 0 || ns > longest_ns) {
        wrong(key, need(key), "a moment of the monotonic clock");
    }
    return ns;
}

line_fields line_fields::object(const char* key) const {
    const auto& found = need(key);
    if (!found.is_object()) {
        wrong(key, found, "an object");
    }
    return {found, place_};
}

std::vector<std::string> line_fields::texts(const char* key) const {
    std::vector<std::string> all;
    for (const auto& one : list(key)) {
        if (!one.is_string()) {
            wrong(key, one, "a text");
        }
        all.push_back(one.get<std::string>());
    }
    return all;
}

}  // namespace lastcall::drill

#include <array>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

#include "drill/verdict/compare.hpp"

namespace lastcall::drill {
namespace {

using nlohmann::json;

[[noreturn]] void fail(const std::string& file, const std::string& reason) {
    throw std::runtime_error(file + ": " + reason);
}

std::optional<standing> standing_from(std::string_view name) {
    for (const auto one : {standing::pass, standing::warn, standing::fail, standing::inconclusive,
                           standing::not_asked}) {
        if (to_string(one) == name) {
            return one;
        }
    }
    return std::nullopt;
}

/// The members of one object of the report.
class members {
public:
    members(const json& object, const std::string& file) : object_(object), file_(file) {
        if (!object.is_object()) {
            fail(file,
                 "this is no report of a drill; give a file that `lastcall drill --json` "
                 "wrote");
        }
    }

    [[nodiscard]] const json& need(const char* key) const {
        const auto found = object_.find(key);
        if (found == object_.end()) {
            fail(file_, '"' + std::string(key) +
                            "\" is missing; give a file that `lastcall drill --json` wrote");
        }
        return *found;
    }
    [[nodiscard]] members object(const char* key) const { return {need(key), file_}; }
    [[nodiscard]] std::string text(const char* key) const {
        const auto& found = need(key);
        if (!found.is_string()) {
            wrong(key, "a text");
        }
        return found.get<std::string>();
    }
    [[nodiscard]] std::uint64_t count(const char* key) const {
        const auto& found = need(key);
        if (!found.is_number_unsigned()) {
            wrong(key, "a count");
        }
        return found.get<std::uint64_t>();
    }
    [[nodiscard]] double real(const char* key) const {
        constexpr double most = 1e12;  // 30 years in milliseconds
        const auto& found = need(key);
        if (!found.is_number() || !(found.get<double>() >= 0 && found.get<double>() < most)) {
            wrong(key, "a duration");
        }
        return found.get<double>();
    }
    [[nodiscard]] standing how(const char* key) const {
        const auto found = standing_from(text(key));
        if (!found) {
            wrong(key, "a standing that is known");
        }
        return *found;
    }

private:
    [[noreturn]] void wrong(const char* key, const char* wanted) const {
        fail(file_, '"' + std::string(key) + "\" is not " + wanted + "; the file is damaged");
    }

    const json& object_;
    const std::string& file_;
};

}  // namespace

run_summary read_summary(const std::filesystem::path& path) {
    const auto file = path.string();
    std::ifstream stream(path, std::ios::binary);
    if (!stream || std::filesystem::is_directory(path)) {
        fail(file, "the file can not be read; give one that `lastcall drill --json` wrote");
    }
    const std::string text{std::istreambuf_iterator<char>(stream),
                           std::istreambuf_iterator<char>()};
    const auto value = json::parse(text, nullptr, false);
    const members report(value, file);
    const auto& version = report.need("lastcall_drill");
    if (version != 1) {
        fail(file, "the report is of version " +
                       version.dump(-1, ' ', true, json::error_handler_t::replace) +
                       ", only 1 is known; compare it with the version that wrote it");
    }
    run_summary made;
    made.file = file;
    made.sequence = report.text("sequence");
    made.subject = report.text("subject");
    made.overall = report.object("verdict").how("overall");
    const auto& criteria = report.need("criteria");
    if (!criteria.is_array()) {
        fail(file, "\"criteria\" is no list; the file is damaged");
    }
    for (const auto& one : criteria) {
        const members of(one, file);
        made.criteria.push_back({of.text("id"), of.text("title"), of.how("standing"),
                                 of.text("measured"), of.text("why"), of.text("fix")});
    }
    made.at_risk = report.object("losses").count("at_risk");
    made.lost = report.object("losses").count("lost");
    if (made.lost > made.at_risk) {
        fail(file, "more was lost than was at risk; the file is damaged");
    }
    made.grace_ms = report.object("settings").real("grace_ms");
    const auto& lanes = report.need("lanes");
    if (!lanes.is_array()) {
        fail(file, "\"lanes\" is no list; the file is damaged");
    }
    for (const auto& one : lanes) {
        const members of(one, file);
        if (const auto& is_out = of.need("left_out"); is_out.is_boolean() && !is_out.get<bool>()) {
            made.lanes.push_back(of.text("name") + " " + std::to_string(of.count("clients")));
        }
    }
    std::ranges::sort(made.lanes);
    made.exit_ms = report.real("exit_ms");
    made.last_response_ms = report.real("last_response_ms");
    made.latency_p99_ms = report.object("latency_before_ms").real("p99");
    return made;
}

}  // namespace lastcall::drill

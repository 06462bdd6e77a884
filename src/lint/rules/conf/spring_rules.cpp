// application.properties and application.yml: X07.
#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

#include "lint/conf/conf_time.hpp"
#include "lint/rules/conf/conf_case.hpp"
#include "lint/text/read_file.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view shutdown_key = "server.shutdown";
constexpr std::string_view profile_key = "spring.config.activate.on-profile";
constexpr std::array<std::string_view, 2> phase_keys{"spring.lifecycle.timeout-per-shutdown-phase",
                                                     "spring.lifecycle.timeoutPerShutdownPhase"};

struct spring_setting {
    std::string value;
    place at;
};

/// Of a test, or of a developer's machine: nobody is served.
bool is_for_development(const fs::path& path) {
    const auto name = path.filename().string();
    constexpr std::array<std::string_view, 4> words{"-test", "-dev", "-local", "-it."};
    const bool is_profile = std::any_of(words.begin(), words.end(), [&](std::string_view word) {
        return name.find(word) != std::string::npos;
    });
    return is_profile || path.string().find("src/test/") != std::string::npos;
}

/// A document of a file that holds with a profile of that kind only.
bool is_for_development(const yaml_ref& root) {
    const auto spring = root.get("spring");
    for (const yaml_ref& one :
         {root.path(profile_key), root.get(profile_key), spring.get("config.activate.on-profile"),
          root.get("spring.profiles"), spring.get("profiles")}) {
        const auto name = one.text().value_or("");
        if (name.starts_with("dev") || name.starts_with("test") || name.starts_with("local")) {
            return true;
        }
    }
    return false;
}

std::vector<spring_setting> settings_of(const conf_case& given, std::string_view key) {
    std::vector<spring_setting> made;
    for (const conf_item* one : given.file.all(key)) {
        made.push_back({std::string(one->value()), conf_case::value_at(*one)});
    }
    for (const yaml_ref& root : roots(given.yaml)) {
        if (is_for_development(root)) {
            continue;
        }
        for (const yaml_ref& one : {root.path(key), root.get(key)}) {
            if (one.text()) {
                made.push_back({std::string(*one.text()), one.used_at()});
            }
        }
    }
    return made;
}

struct boot_version {
    int major = 0;
    int minor = 0;
    place at;
    std::string file;
};

/// The number behind `mark` in the text: "3.2" of 3.2.1.
std::optional<boot_version> version_behind(const std::string& text, std::string_view mark) {
    auto at = text.find(mark);
    at = at == std::string::npos ? at : text.find_first_of("0123456789<", at + mark.size());
    if (at != std::string::npos && text[at] == '<') {  // </artifactId> <version>
        const auto version = text.find("<version>", at);
        at = version == std::string::npos || version - at > 80 ? std::string::npos : version + 9;
    }
    boot_version made;
    const char* end = text.data() + text.size();
    if (at == std::string::npos) {
        return std::nullopt;
    }
    const auto first = std::from_chars(text.data() + at, end, made.major);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.') {
        return std::nullopt;
    }
    const auto second = std::from_chars(first.ptr + 1, end, made.minor);
    if (second.ec != std::errc()) {
        return std::nullopt;
    }
    made.at = line_index(text).at(at, static_cast<std::size_t>(second.ptr - text.data()) - at);
    return made;
}

/// Of the project that the file is a resource of; only where it is a web application.
std::optional<boot_version> version_of(const fs::path& file) {
    const auto folder = file.parent_path();
    if (!(folder.generic_string() + "/").ends_with("src/main/resources/")) {
        return std::nullopt;
    }
    struct build_file {
        std::string_view name;
        std::array<std::string_view, 2> marks;
    };
    constexpr std::array builds{
        build_file{"pom.xml",
                   {"<artifactId>spring-boot-starter-parent", "spring-boot-starter-parent"}},
        build_file{"build.gradle",
                   {"org.springframework.boot' version", "org.springframework.boot\" version"}},
        build_file{"build.gradle.kts",
                   {"org.springframework.boot\") version", "org.springframework.boot' version"}}};
    for (const build_file& one : builds) {
        const auto path = (folder / "../../.." / std::string(one.name)).lexically_normal();
        const auto read = read_file(path);
        if (!read.text || read.text->find("spring-boot-starter-web") == std::string::npos) {
            continue;
        }
        for (const std::string_view mark : one.marks) {
            if (auto found = version_behind(*read.text, mark)) {
                found->file = path.string();
                return found;
            }
        }
    }
    return std::nullopt;
}

/// Whether another file of the same application sets it.
bool is_set_elsewhere(const fs::path& path) {
    std::error_code failed;
    for (fs::directory_iterator one(path.parent_path(), failed);
         !failed && one != fs::directory_iterator(); one.increment(failed)) {
        const auto name = one->path().filename().string();
        if (!name.starts_with("application") && !name.starts_with("bootstrap")) {
            continue;
        }
        const auto read = read_file(one->path());
        if (!read.text || read.text->find("shutdown") != std::string::npos) {
            return true;
        }
    }
    return static_cast<bool>(failed);
}

void check_version(const conf_case& given) {
    if (given.path.stem() != "application" || is_set_elsewhere(given.path)) {
        return;
    }
    const auto version = version_of(given.path);
    const bool is_immediate = version && ((version->major == 2 && version->minor >= 3) ||
                                          (version->major == 3 && version->minor < 4));
    if (!is_immediate) {
        return;
    }
    place begin;
    begin.line = 1;
    begin.column = 1;
    auto& made = given.report.add(
        "X07", begin,
        "server.shutdown is not set, and Spring Boot " + std::to_string(version->major) + "." +
            std::to_string(version->minor) + " ends in the middle of requests where it is not");
    made.further.push_back({version->file, version->at, "the version of Spring Boot"});
}

}  // namespace

void check_spring_conf(const conf_case& given) {
    if (is_for_development(given.path)) {
        return;
    }
    for (const spring_setting& one : settings_of(given, shutdown_key)) {
        if (lower(one.value) == "immediate") {
            auto& made = given.report.add(
                "X07", one.at, "the web server ends in the middle of requests when it is stopped");
            made.sure = confidence::proven;
            made.edits.push_back({one.at, "graceful"});
            made.fix = "server.shutdown: graceful";
        }
    }
    for (const std::string_view key : phase_keys) {
        for (const spring_setting& one : settings_of(given, key)) {
            const bool is_bare = !one.value.empty() && one.value.size() <= 3 &&
                                 one.value.find_first_not_of("0123456789") == std::string::npos;
            if (is_bare) {
                auto& made = given.report.add("X07", one.at,
                                              "without a unit these are milliseconds: requests "
                                              "have " +
                                                  one.value + " ms to end");
                made.sure = confidence::proven;
                made.fix = one.value + "s, if seconds are meant";
            }
        }
    }
    check_version(given);
}

}  // namespace lastcall::lint

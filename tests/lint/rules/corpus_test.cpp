// Each rule has its fixtures under corpus/FAMILY/RULE/: folders whose name begins with "bad", in
// which it fires, and with "good", in which nothing does.
//
// The file `findings` of a bad one says all that is found there, a line for each: FILE:LINE RULE.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "lint/catalogue/catalogue.hpp"
#include "lint/engine/folder.hpp"
#include "lint/engine/linter.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

struct fixture {
    std::string rule;
    fs::path folder;
    bool is_bad = false;
};

std::vector<fixture> fixtures() {
    std::vector<fixture> all;
    for (const auto& family : fs::directory_iterator(LINT_CORPUS)) {
        if (!family.is_directory()) {
            continue;
        }
        for (const auto& rule : fs::directory_iterator(family)) {
            for (const auto& one : fs::directory_iterator(rule)) {
                const auto name = one.path().filename().string();
                all.push_back(
                    {rule.path().filename().string(), one.path(), name.starts_with("bad")});
            }
        }
    }
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return a.folder < b.folder; });
    return all;
}

/// "FILE:LINE RULE" of each finding, the file from `folder` on.
std::multiset<std::string> found_in(const fs::path& folder) {
    using namespace std::chrono;
    std::multiset<std::string> made;
    lint({{folder}, year(2026) / 1 / 1}, [&](std::span<const finding> found) {
        for (const finding& one : found) {
            if (one.accepted.empty()) {
                made.insert(fs::path(one.file).lexically_relative(folder).string() + ":" +
                            std::to_string(one.at.line) + " " + std::string(one.broken->id));
            }
        }
    });
    return made;
}

std::multiset<std::string> lines_of(const fs::path& file) {
    std::multiset<std::string> made;
    std::ifstream from(file);
    for (std::string line; std::getline(from, line);) {
        made.insert(line);
    }
    return made;
}

std::string text_of(const std::multiset<std::string>& lines) {
    std::string made;
    for (const auto& one : lines) {
        made += one + "\n";
    }
    return made;
}

TEST(LintCorpus, ARuleFiresInEachOfItsBadFixturesAndNothingElseUnsaid) {
    for (const fixture& one : fixtures()) {
        if (!one.is_bad) {
            continue;
        }
        const auto found = found_in(one.folder);
        EXPECT_EQ(text_of(found), text_of(lines_of(one.folder / "findings"))) << one.folder;
        EXPECT_TRUE(
            std::any_of(found.begin(), found.end(),
                        [&](const std::string& line) { return line.ends_with(" " + one.rule); }))
            << one.rule << " does not fire in " << one.folder;
    }
}

TEST(LintCorpus, NothingFiresInAGoodFixture) {
    for (const fixture& one : fixtures()) {
        if (!one.is_bad) {
            EXPECT_EQ(text_of(found_in(one.folder)), "") << one.folder;
        }
    }
}

TEST(LintCorpus, HasABadAndAGoodFixtureForEachRuleAndNoneForOthers) {
    std::map<std::string, std::pair<int, int>> counts;
    for (const fixture& one : fixtures()) {
        ++(one.is_bad ? counts[one.rule].first : counts[one.rule].second);
    }
    for (const std::string_view id : rule_ids()) {
        if (id == "G01" || id == "G04") {
            // No repository holds a file that cannot be read: engine/linter_test.cpp. And of a
            // baseline it is the call that says so: engine/baseline_test.cpp.
            continue;
        }
        const auto& [bad, good] = counts[std::string(id)];
        EXPECT_GT(bad, 0) << id;
        EXPECT_GT(good, 0) << id;
        counts.erase(std::string(id));
    }
    for (const auto& [rule, number] : counts) {
        ADD_FAILURE() << rule << " is not in the catalogue";
    }
}

/// What a file with an example of the rule is called; empty: the example is a piece of one.
std::string name_for(std::string_view rule, std::string_view example) {
    static const std::map<std::string_view, std::string> names{
        {"X01", "nginx.conf"},
        {"X02", "php-fpm.conf"},
        {"X03", "uwsgi.ini"},
        {"X04", "haproxy.cfg"},
        {"X05", "gunicorn.conf.py"},
        {"X06", "Procfile"},
        {"X07", "application.properties"},
        {"X08", "supervisord.conf"},
        {"X09", "Procfile"},
        {"X10", "traefik.toml"},
        {"X11", "fly.toml"},
        {"X12", "puma.rb"},
    };
    if (const auto found = names.find(rule); found != names.end()) {
        return found->second;
    }
    if (example.starts_with("#!")) {
        return "entrypoint.sh";
    }
    if (example.starts_with("[Unit]") || example.starts_with("[Service]")) {
        return "systemd/user/web.service";
    }
    if (example.starts_with("services:")) {
        return "compose.yaml";
    }
    return example.starts_with("FROM") ? "Dockerfile" : "";
}

/// Whether the rule fires in the example of the catalogue; unset for one that is no whole file.
std::optional<bool> fires_in(std::string_view rule, std::string_view example) {
    const auto name = name_for(rule, example);
    if (name.empty()) {
        return std::nullopt;
    }
    test_folder in;
    in.add(name, example);
    in.add("server.js", "");
    const auto found = found_in(in.path());
    return std::any_of(found.begin(), found.end(), [&](const std::string& line) {
        return line.ends_with(" " + std::string(rule));
    });
}

TEST(LintCorpus, TheExamplesOfTheCatalogueAreWhatTheySayTheyAre) {
    int count = 0;
    for (const rule_family& family : rule_families()) {
        for (const rule& one : family.rules) {
            if (!family.is_of_files) {
                continue;  // the examples are what runs, and no file
            }
            if (const auto fires = fires_in(one.id, one.bad)) {
                EXPECT_TRUE(*fires) << one.id << " does not fire in its bad example";
                ++count;
            }
            EXPECT_FALSE(fires_in(one.id, one.good).value_or(false))
                << one.id << " fires in its good example";
        }
    }
    EXPECT_GE(count, 70);
}

}  // namespace
}  // namespace lastcall::lint

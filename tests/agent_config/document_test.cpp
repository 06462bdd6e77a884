// docs/lastcall-yaml.md says what is so: its samples are good, and no key is left out.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "agent/config/read_host.hpp"
#include "agent_config/fake_machine.hpp"

namespace lastcall::testing {
namespace {

std::string document() {
    std::ifstream file(DOCUMENT);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(Document, HasOnlySamplesThatAreGood) {
    fake_machine here;
    here.paths["/etc/app/web.env"] = agent::path_kind::file;
    here.texts["/etc/app/web.env"] = "";
    const auto text = document();
    std::size_t samples = 0;
    constexpr std::string_view fence = "```yaml\n";
    for (auto at = text.find(fence); at != std::string::npos; at = text.find(fence, at)) {
        at += fence.size();
        const auto end = text.find("```", at);
        ++samples;
        for (const auto& one :
             agent::look_at_text(text.substr(at, end - at), "sample", "/etc/app", here).problems) {
            ADD_FAILURE() << one.text();
        }
    }
    EXPECT_EQ(samples, 2U);
}

/// The words of all that stands in back-ticks or in a heading, without the samples.
std::set<std::string> words_in_ticks() {
    std::set<std::string> made;
    std::istringstream lines(document());
    bool in_sample = false;
    const std::regex word("[a-z_]+");
    for (std::string line; std::getline(lines, line);) {
        in_sample = line.starts_with("```") ? !in_sample : in_sample;
        std::istringstream parts(in_sample ? "" : line);
        bool in_ticks = line.starts_with("## ");  // a heading names a key too
        for (std::string part; std::getline(parts, part, '`'); in_ticks = !in_ticks) {
            for (std::sregex_iterator at(part.begin(), part.end(), word), end;
                 in_ticks && at != end; ++at) {
                made.insert(at->str());
            }
        }
    }
    return made;
}

/// The keys that a map may have, by the message about one that is none.
std::vector<std::string> keys_in(const std::string& path) {
    // Each step of the path opens a map; the innermost has a key that nobody knows.
    std::string yaml;
    std::string closing;
    std::istringstream steps(path);
    for (std::string step; std::getline(steps, step, '.');) {
        yaml += step + ": {";
        closing += "}";
    }
    yaml += "qqqqqqqqqqqq: 1" + closing;
    const fake_machine here;
    std::vector<std::string> made;
    const std::regex word("[a-z_]+");
    for (const auto& one : agent::look_at_text(yaml, "f", "/etc/app", here).problems) {
        if (one.why.find("qqqqqqqqqqqq") == std::string::npos || !one.fix.starts_with("write ")) {
            continue;
        }
        const auto list = one.fix.substr(6);
        for (std::sregex_iterator at(list.begin(), list.end(), word), end; at != end; ++at) {
            if (at->str() != "or") {
                made.push_back(at->str());
            }
        }
    }
    return made;
}

TEST(Document, NamesEveryKey) {
    const auto words = words_in_ticks();
    for (const char* const map :
         {"", "journal", "api", "services.web", "services.web.listen", "services.web.ready",
          "services.web.live", "services.web.stop", "services.web.restart", "services.web.limits",
          "services.web.limits.nofile", "services.web.deploy", "services.web.deploy.approval",
          "services.web.deploy.bake", "services.web.traffic", "services.web.traffic.haproxy",
          "services.web.log"}) {
        const auto keys = keys_in(map);
        EXPECT_FALSE(keys.empty()) << map;
        for (const auto& key : keys) {
            EXPECT_TRUE(words.contains(key)) << map << "." << key;
        }
    }
}

}  // namespace
}  // namespace lastcall::testing

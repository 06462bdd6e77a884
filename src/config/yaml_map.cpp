#include "config/yaml_map.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <set>
#include <sstream>

#include "config/yaml_documents.hpp"

namespace lastcall::config {
namespace {

[[noreturn]] void refuse(const yaml_place& at, const std::string& why) {
    throw settings_error(at.text() + ": " + why);
}

/// Edits between two words (Levenshtein), for "did you mean".
std::size_t distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < left.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < right.size(); ++j) {
            const std::size_t changed = diagonal + (left[i] == right[j] ? 0U : 1U);
            diagonal = row[j + 1];
            row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, changed});
        }
    }
    return row.back();
}

std::string nearest(const std::string& key, const yaml_keys& keys) {
    std::string best;
    std::size_t least = 4;  // further away it is another word
    for (const auto& [name, taker] : keys) {
        if (const auto now = distance(key, name); now < least) {
            least = now;
            best = name;
        }
    }
    if (!best.empty()) {
        return "; did you mean \"" + best + "\"?";
    }
    std::string all = "; it may have";
    for (const auto& [name, taker] : keys) {
        all += (all.ends_with("have") ? " " : ", ") + name;
    }
    return all;
}

}  // namespace

YAML::Node load_yaml(const std::string& file) {
    std::ifstream in(file);
    std::ostringstream read;
    read << in.rdbuf();
    if (!in.is_open()) {
        throw settings_error(file + ": cannot be read; does it exist?");
    }
    if (in.bad() || std::filesystem::is_directory(file)) {  // a directory opens
        throw settings_error(file + ": cannot be read; is it a file?");
    }
    try {
        if (has_more_documents(read.str())) {
            throw settings_error(file + ": holds more than one document; one is expected");
        }
        return YAML::Load(read.str());
    } catch (const YAML::ParserException& e) {
        throw settings_error(file + ":" + std::to_string(e.mark.line + 1) + ": no YAML: " + e.msg);
    }
}

void take_map(const YAML::Node& map, const yaml_place& at, const yaml_keys& keys,
              std::map<std::string, int>* lines) {
    if (!map.IsMap()) {
        throw settings_error((at.path.empty() ? at.file : at.text()) +
                             ": has to be a map of names and values");
    }
    std::set<std::string> seen;
    for (const auto& entry : map) {
        yaml_place here = at;
        here.line = entry.first.Mark().line + 1;
        if (!entry.first.IsScalar()) {
            refuse(here, "a name is expected, not a list or map");
        }
        const auto key = entry.first.Scalar();
        here.path = at.path.empty() ? key : at.path + "." + key;
        const auto found = keys.find(key);
        if (found == keys.end()) {
            refuse(here, "is no setting" + nearest(key, keys));
        }
        if (!seen.insert(key).second) {
            refuse(here, "is there twice");
        }
        if (lines != nullptr) {
            (*lines)[here.path] = here.line;
        }
        found->second(entry.second, here);
    }
}

std::string text_of(const YAML::Node& value, const yaml_place& at) {
    if (!value.IsScalar()) {
        // YAML takes {port} for a map of its own.
        const bool is_place = value.IsMap() && value.size() == 1 && value.begin()->second.IsNull();
        refuse(at, is_place ? "a text is expected; write \"{" +
                                  value.begin()->first.as<std::string>("") + "}\" in quotes"
                            : "a text is expected");
    }
    return value.Scalar();
}

bool truth_of(const YAML::Node& value, const yaml_place& at) {
    bool truth = false;
    if (!value.IsScalar() || !YAML::convert<bool>::decode(value, truth)) {
        refuse(at, "true or false is expected");
    }
    return truth;
}

std::int64_t whole_of(const YAML::Node& value, const yaml_place& at, std::int64_t least,
                      std::int64_t most) {
    std::int64_t number = 0;
    if (!value.IsScalar() || !YAML::convert<std::int64_t>::decode(value, number) ||
        number < least || number > most) {
        refuse(at, "a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
                       " is expected");
    }
    return number;
}

double number_of(const YAML::Node& value, const yaml_place& at) {
    double number = 0;
    if (!value.IsScalar() || !YAML::convert<double>::decode(value, number) ||
        !std::isfinite(number) || number < 0) {
        refuse(at, "a number that is not negative is expected");
    }
    return number;
}

std::chrono::nanoseconds duration_of(const YAML::Node& value, const yaml_place& at) {
    return to_duration(text_of(value, at), at.text());
}

std::vector<std::string> texts_of(const YAML::Node& value, const yaml_place& at) {
    if (!value.IsSequence()) {
        refuse(at, "a list of texts is expected");
    }
    std::vector<std::string> made;
    for (const auto& one : value) {
        made.push_back(text_of(one, at));
    }
    return made;
}

std::vector<std::string> command_of(const YAML::Node& value, const yaml_place& at) {
    auto words = value.IsScalar() ? to_words(value.Scalar(), at.text()) : texts_of(value, at);
    if (words.empty()) {
        refuse(at, "the command is empty");
    }
    return words;
}

}  // namespace lastcall::config

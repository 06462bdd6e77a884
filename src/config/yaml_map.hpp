// A map of a YAML file whose keys are all known: every key has a function that takes its
// value, and what is not right is told with file, line, the value and the form to write.
#pragma once

#include <yaml-cpp/yaml.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "config/values.hpp"

namespace lastcall::config {

/// Where a value stands: for messages, and to find the line of a key later.
struct yaml_place {
    std::string file;
    std::string path;  ///< "lame_duck.min"
    int line = 0;      ///< from 1

    [[nodiscard]] std::string text() const {
        return file + ":" + std::to_string(line) + ": " + path;
    }
};

using yaml_taker = std::function<void(const YAML::Node& value, const yaml_place& at)>;
using yaml_keys = std::map<std::string, yaml_taker>;

/// Reads a file. Errors: settings_error (not there, no YAML, more than one document).
[[nodiscard]] YAML::Node load_yaml(const std::string& file);

/// Hands every value to its key's taker, in the order of the file.
/// `lines`  gets the line of every key by its path; null: nobody wants them
/// Errors: settings_error: no map, a key twice, a key that is not known (with the nearest one
///         that is), and what the takers throw.
void take_map(const YAML::Node& map, const yaml_place& at, const yaml_keys& keys,
              std::map<std::string, int>* lines = nullptr);

// Values of one form. Errors: settings_error with the place.
[[nodiscard]] std::string text_of(const YAML::Node& value, const yaml_place& at);
[[nodiscard]] bool truth_of(const YAML::Node& value, const yaml_place& at);
[[nodiscard]] std::int64_t whole_of(const YAML::Node& value, const yaml_place& at,
                                    std::int64_t least, std::int64_t most);
[[nodiscard]] double number_of(const YAML::Node& value, const yaml_place& at);
[[nodiscard]] std::chrono::nanoseconds duration_of(const YAML::Node& value, const yaml_place& at);
[[nodiscard]] std::vector<std::string> texts_of(const YAML::Node& value, const yaml_place& at);
/// A command: a list of words, or one text that is split as to_words() does.
[[nodiscard]] std::vector<std::string> command_of(const YAML::Node& value, const yaml_place& at);

}  // namespace lastcall::config

// A value of the configuration with its place. What is wrong with one value is thrown and
// caught at its key, so that the rest of the file is read all the same.
#pragma once

#include <yaml-cpp/yaml.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "agent/config/problem.hpp"

namespace lastcall::agent {

/// Thrown by the readers of values.
struct bad_value {
    problem what;
};

struct yaml_entry {
    YAML::Node value;
    std::string path;
    problem_list* found = nullptr;
    int line = 0;  ///< of the value; of its key where it has no place of its own
    int column = 0;

    /// Errors: bad_value, always. A scalar's value is put in front of `why`.
    [[noreturn]] void refuse(const std::string& why, std::string fix = {}) const;
    void warn(const std::string& why, std::string fix = {}) const;

    // Values of one form. Errors: bad_value.
    [[nodiscard]] std::string text() const;  ///< without NUL; never null
    [[nodiscard]] bool truth() const;
    [[nodiscard]] std::int64_t whole(std::int64_t least, std::int64_t most) const;
    [[nodiscard]] std::chrono::nanoseconds duration() const;
    /// Not less than `least`, with the reason why not.
    [[nodiscard]] std::chrono::nanoseconds duration(std::chrono::nanoseconds least,
                                                    const std::string& because) const;
    [[nodiscard]] std::uint64_t bytes(std::uint64_t least = 0) const;  ///< "512MiB"
    [[nodiscard]] int signal() const;
    [[nodiscard]] std::uint32_t octal(const char* example) const;
    [[nodiscard]] std::vector<std::string> command() const;
    /// One text, or a list of texts.
    [[nodiscard]] std::vector<std::string> texts() const;
    /// The parts of a list; of anything else, itself as the only one.
    [[nodiscard]] std::vector<yaml_entry> parts() const;
    [[nodiscard]] bool is_word(std::string_view word) const;
};

using entry_taker = std::function<void(const yaml_entry&)>;
using entry_keys = std::map<std::string, entry_taker>;

/// Calls `take`; what it throws is written down.
void try_taking(const yaml_entry& entry, const entry_taker& take);

/// Hands every value to its key's taker, in the order of the file. A key that is not known,
/// or is there twice, is written down, and the others are read.
/// `what`  the map, for messages: "a service", "stop"
/// Errors: bad_value: it is no map.
void take_keys(const yaml_entry& map, const std::string& what, const entry_keys& keys);

/// The same for keys that the user chooses: names.
void take_names(const yaml_entry& map, const std::string& what,
                const std::function<void(const std::string&, const yaml_entry&)>& take);

/// A value out of a few words. Errors: bad_value with the words.
template <class Value>
Value word_of(const yaml_entry& entry, const std::vector<std::pair<std::string, Value>>& words) {
    const auto given = entry.text();
    std::vector<std::string> known;
    for (const auto& [word, value] : words) {
        if (word == given) {
            return value;
        }
        known.push_back(word);
    }
    entry.refuse("is not known here", choose_from(given, known));
}

}  // namespace lastcall::agent

#include "agent/config/yaml_entry.hpp"

#include <charconv>
#include <set>

#include <lastcall/duration.hpp>

#include "agent/config/size.hpp"
#include "core/near_word.hpp"
#include "core/read_duration.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::agent {
namespace {

yaml_entry part_of(const yaml_entry& whole, const YAML::Node& value, std::string path,
                   const YAML::Mark& otherwise) {
    const auto mark = value.Mark().line >= 0 && !value.IsNull() ? value.Mark() : otherwise;
    yaml_entry made{value, std::move(path), whole.found, mark.line + 1, mark.column + 1};
    whole.found->remember(made.path, made.line, made.column);
    return made;
}

std::string kind_of(const YAML::Node& value) {
    return value.IsMap() ? "a map" : value.IsSequence() ? "a list" : "nothing";
}

/// Hands out key and value of each entry that is in order.
void each_key(const yaml_entry& map, const std::string& what,
              const std::function<void(const std::string&, const YAML::Node& key,
                                       const YAML::Node& value)>& take) {
    if (!map.value.IsMap()) {
        map.refuse("a map of names and values is expected for " + what);
    }
    std::set<std::string> seen;
    for (const auto& one : map.value) {
        const auto mark = one.first.Mark();
        const problem here{{}, mark.line + 1, mark.column + 1, map.path, {}, {}};
        auto wrong = here;
        if (!one.first.IsScalar()) {
            wrong.why = "a name is expected, not " + kind_of(one.first);
            map.found->add(std::move(wrong));
            continue;
        }
        const auto key = one.first.Scalar();
        if (!seen.insert(key).second) {
            wrong.path += (wrong.path.empty() ? "" : ".") + key;
            wrong.why = "is there twice";
            wrong.fix = "take one of them out";
            map.found->add(std::move(wrong));
            continue;
        }
        take(key, one.first, one.second);
    }
}

}  // namespace

void yaml_entry::refuse(const std::string& why, std::string fix) const {
    throw bad_value{{{},
                     line,
                     column,
                     path,
                     (value.IsScalar() ? in_quotes(value.Scalar()) + " " : "") + why,
                     std::move(fix)}};
}

void yaml_entry::warn(const std::string& why, std::string fix) const {
    found->add({{},
                line,
                column,
                path,
                (value.IsScalar() ? in_quotes(value.Scalar()) + " " : "") + why,
                std::move(fix),
                true});
}

std::string yaml_entry::text() const {
    if (value.IsNull()) {
        refuse("has no value", "write one, or take the key out");
    }
    if (!value.IsScalar()) {
        refuse("one text is expected, not " + kind_of(value));
    }
    if (value.Scalar().find('\0') != std::string::npos) {
        refuse("holds a NUL character, which no program can be given");
    }
    return value.Scalar();
}

bool yaml_entry::truth() const {
    const auto given = text();
    bool made = false;
    if (!YAML::convert<bool>::decode(value, made)) {
        refuse("is neither true nor false");
    }
    return made;
}

std::int64_t yaml_entry::whole(std::int64_t least, std::int64_t most) const {
    const auto given = text();
    std::int64_t number = 0;
    const auto* const end = given.data() + given.size();
    const auto [stop, error] = std::from_chars(given.data(), end, number);
    if (error != std::errc{} || stop != end || number < least || number > most) {
        refuse("is not a whole number from " + std::to_string(least) + " to " +
               std::to_string(most));
    }
    return number;
}

std::chrono::nanoseconds yaml_entry::duration() const {
    const auto given = text();
    const auto read = core::read_duration(given);
    if (!read.is_good()) {
        const bool has_no_unit = given.find_first_not_of("0123456789.") == std::string::npos &&
                                 given.find_first_of("0123456789") == 0;
        refuse(std::string(read.problem), has_no_unit && !given.ends_with('.')
                                              ? "write " + given + "s"
                                              : "write it as 500ms, 30s or 2m");
    }
    return read.value;
}

std::chrono::nanoseconds yaml_entry::duration(std::chrono::nanoseconds least,
                                              const std::string& because) const {
    const auto made = duration();
    if (made < least) {
        refuse("is too short: " + because, "write at least " + to_text(least));
    }
    return made;
}

std::uint64_t yaml_entry::bytes(std::uint64_t least) const {
    const auto read = read_size(text());
    if (!read.problem.empty()) {
        refuse(read.problem, read.fix);
    }
    if (read.bytes < least) {
        refuse("is too little", "write at least " + size_text(least));
    }
    return read.bytes;
}

int yaml_entry::signal() const {
    const int number = sys::signal_number(text());
    if (number == 0) {
        refuse("is no signal", "write TERM, SIGTERM, 15 or RTMIN+3");
    }
    return number;
}

std::uint32_t yaml_entry::octal(const char* example) const {
    const auto given = text();
    const std::string_view digits = std::string_view(given).substr(given.starts_with("0o") ? 2 : 0);
    std::uint32_t number = 0;
    const auto* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, number, 8);
    if (error != std::errc{} || stop != end || number > 0777U) {
        refuse("is no octal mode", std::string("write it as ") + example);
    }
    return number;
}

std::vector<std::string> yaml_entry::command() const {
    std::vector<std::string> words;
    if (value.IsSequence()) {
        words = texts();
    } else {
        try {
            words = config::to_words(text(), {});
        } catch (const config::settings_error&) {
            refuse("has a quote that is not closed", "close it, or write the command as a list");
        }
    }
    if (words.empty() || words.front().empty()) {
        refuse("names no program", "write the program and its arguments");
    }
    return words;
}

std::vector<std::string> yaml_entry::texts() const {
    std::vector<std::string> made;
    for (const auto& one : parts()) {
        made.push_back(one.text());
    }
    return made;
}

std::vector<yaml_entry> yaml_entry::parts() const {
    if (!value.IsSequence()) {
        return {*this};
    }
    std::vector<yaml_entry> made;
    std::size_t number = 0;
    for (const auto& one : value) {
        made.push_back(part_of(*this, one, path + "[" + std::to_string(number++) + "]", {}));
        if (one.IsNull()) {
            made.back().line = line;
            made.back().column = column;
        }
    }
    return made;
}

bool yaml_entry::is_word(std::string_view word) const {
    return value.IsScalar() && value.Scalar() == word;
}

void try_taking(const yaml_entry& entry, const entry_taker& take) {
    try {
        take(entry);
    } catch (bad_value& wrong) {
        entry.found->add(std::move(wrong.what));
    }
}

void take_keys(const yaml_entry& map, const std::string& what, const entry_keys& keys) {
    each_key(map, what,
             [&](const std::string& key, const YAML::Node& name, const YAML::Node& value) {
                 const auto path = map.path.empty() ? key : map.path + "." + key;
                 const auto found = keys.find(key);
                 if (found != keys.end()) {
                     try_taking(part_of(map, value, path, name.Mark()), found->second);
                     return;
                 }
                 problem wrong{{}, name.Mark().line + 1, name.Mark().column + 1, map.path, {}, {}};
                 wrong.why = in_quotes(key) + " is no setting of " + what;
                 if (key == "<<") {
                     wrong.fix = "merge keys are not read: write the settings out";
                 } else {
                     std::vector<std::string> known;
                     for (const auto& [one, taker] : keys) {
                         known.push_back(one);
                     }
                     wrong.fix = choose_from(key, known);
                     // It is there, if under another name: nobody has to say that it is missing.
                     if (const auto meant = core::near_word(key, known); !meant.empty()) {
                         map.found->remember(
                             (map.path.empty() ? "" : map.path + ".") + std::string(meant),
                             wrong.line, wrong.column);
                     }
                 }
                 map.found->add(std::move(wrong));
             });
}

void take_names(const yaml_entry& map, const std::string& what,
                const std::function<void(const std::string&, const yaml_entry&)>& take) {
    each_key(map, what,
             [&](const std::string& key, const YAML::Node& name, const YAML::Node& value) {
                 auto entry = part_of(map, value, map.path + "." + key, name.Mark());
                 map.found->remember(entry.path, name.Mark().line + 1, name.Mark().column + 1);
                 try_taking(entry, [&](const yaml_entry& one) { take(key, one); });
             });
}

}  // namespace lastcall::agent

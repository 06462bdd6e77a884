#include "lint/unit/unit_command.hpp"

#include <map>
#include <optional>

#include "lint/unit/unit_words.hpp"

namespace lastcall::lint {
namespace {

struct variables {
    std::map<std::string, mapped_text, std::less<>> known;
    bool may_change = false;

    [[nodiscard]] const mapped_text* find(std::string_view name) const {
        const auto found = known.find(name);
        return may_change || found == known.end() ? nullptr : &found->second;
    }
};

variables variables_of(const unit_view& unit, std::string_view section) {
    variables made;
    made.may_change = !unit.all(section, "EnvironmentFile").empty();
    for (const auto& [word, from] : unit.words(section, "Environment")) {
        const auto equals = word.text().find('=');
        if (equals != std::string::npos) {
            made.known[word.text().substr(0, equals)] = word.part(equals + 1);
        }
    }
    for (const auto& [word, from] : unit.words(section, "UnsetEnvironment")) {
        made.known.erase(word.text().substr(0, word.text().find('=')));
    }
    return made;
}

bool is_name_char(char c, bool is_first) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (!is_first && c >= '0' && c <= '9');
}

bool is_name(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is_name_char(text[i], i == 0)) {
            return false;
        }
    }
    return !text.empty();
}

class command_reader {
public:
    command_reader(const unit_source& from, const unit_view& unit, const variables& with,
                   std::vector<unit_command>& into)
        : from_(from), unit_(unit), with_(with), into_(into) {}

    void read() {
        const auto split = split_unit_words(from_.setting->value);
        unit_command now = begun();
        if (!split.is_whole) {
            add_problem(now.problems, from_.setting->at,
                        "a quote is not closed in this command line; systemd refuses it");
        }
        bool is_first = true;
        for (const unit_word& word : split.words) {
            if (word.text.text() == ";" && word.is_plain) {
                finish(std::move(now));
                now = begun();
                is_first = true;
                continue;
            }
            if (is_first) {
                program(word, now);
            } else if (skips_name_) {
                skips_name_ = false;
            } else {
                argument(word, now);
            }
            is_first = false;
        }
        finish(std::move(now));
    }

private:
    unit_command begun() {
        skips_name_ = false;
        unit_command made;
        made.from = from_;
        return made;
    }

    void finish(unit_command&& done) {
        if (!done.words.empty() || !done.problems.empty()) {
            into_.push_back(std::move(done));
        }
    }

    void program(const unit_word& word, unit_command& into) {
        std::size_t at = 0;
        const auto& text = word.text.text();
        for (; at < text.size(); ++at) {
            const char c = text[at];
            if (c == '-') {
                into.ignores_failure = true;
            } else if (c == '@') {
                into.has_own_name = true;
            } else if (c == ':') {
                into.keeps_variables = true;
            } else if (c == '+' || c == '!') {
                into.has_full_privileges = true;
            } else if (c != '|') {
                break;
            }
        }
        skips_name_ = into.has_own_name;
        const auto rest = expand_specifiers(word.text.part(at), unit_.name());
        if (rest.text.empty()) {
            add_problem(into.problems, place_of(word.text), "there is no program in this command");
            return;
        }
        into.words.push_back({rest.text, place_of(rest.text), rest.is_known});
    }

    void argument(const unit_word& word, unit_command& into) {
        // "\;" is a semicolon that separates nothing.
        const auto given = expand_specifiers(
            word.text.text() == "\\;" ? word.text.part(1) : word.text, unit_.name());
        const auto& text = given.text.text();
        if (into.keeps_variables) {
            into.words.push_back({given.text, place_of(given.text), given.is_known});
            return;
        }
        if (text.size() > 1 && text.front() == '$' && is_name(std::string_view(text).substr(1))) {
            whole_variable(given, into);
            return;
        }
        into.words.push_back(with_variables(given));
    }

    /// $NAME alone becomes as many words as its value has.
    void whole_variable(const specified_text& given, unit_command& into) {
        const auto* value = with_.find(std::string_view(given.text.text()).substr(1));
        if (value == nullptr) {
            into.words.push_back({given.text, place_of(given.text), false});
            return;
        }
        const auto at = place_of(given.text);
        for (const auto& part : split_unit_words(*value).words) {
            mapped_text made;
            made.add_made(part.text.text(), at.offset, at.size);
            into.words.push_back({made, at, true});
        }
    }

    /// ${NAME} becomes its value within a word; $$ is a dollar.
    command_word with_variables(const specified_text& given) const {
        const std::string_view text = given.text.text();
        command_word made{{}, place_of(given.text), given.is_known};
        std::size_t plain = 0;
        const auto replace = [&](std::size_t at, std::size_t size, std::string_view with) {
            made.text.add(given.text.part(plain, at - plain));
            const auto begin = given.text.offset_of(at);
            made.text.add_made(with, begin, given.text.offset_of(at + size - 1) + 1 - begin);
            plain = at + size;
        };
        for (std::size_t i = text.find('$'); i < text.size(); i = text.find('$', i)) {
            const char next = i + 1 < text.size() ? text[i + 1] : '\0';
            const auto end = next == '{' ? text.find('}', i) : std::string_view::npos;
            if (next == '$') {
                replace(i, 2, "$");
                i += 2;
            } else if (end != std::string_view::npos) {
                const auto* value = with_.find(text.substr(i + 2, end - i - 2));
                if (value != nullptr) {
                    replace(i, end + 1 - i, value->text());
                } else {
                    made.is_known = false;
                }
                i = end + 1;
            } else if (next == '{') {
                break;  // no end behind this one, nor behind the others
            } else {
                ++i;
            }
        }
        if (plain == 0) {
            made.text = given.text;
        } else {
            made.text.add(given.text.part(plain));
        }
        return made;
    }

    [[nodiscard]] place place_of(const mapped_text& text) const {
        return text.whole(from_.file->lines);
    }

    unit_source from_;
    const unit_view& unit_;
    const variables& with_;
    std::vector<unit_command>& into_;
    bool skips_name_ = false;  // the next word is the argv[0] of @
};

}  // namespace

std::vector<unit_command> unit_commands(const unit_view& unit, std::string_view section,
                                        std::string_view setting) {
    const auto with = variables_of(unit, section);
    std::vector<unit_command> made;
    for (const unit_source& one : unit.all(section, setting)) {
        command_reader(one, unit, with, made).read();
    }
    return made;
}

}  // namespace lastcall::lint

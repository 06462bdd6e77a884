// The options and operands of a command, as far as its words are known.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/shell/execution.hpp"

namespace lastcall::lint::shell {

/// The options of a program that take a value, each between blanks.
struct option_rules {
    std::string_view with_value;
    std::string_view before_verb = {};  ///< those that do so only before the first operand
    std::string_view grace = {};        ///< those whose value is how long it waits
};

inline bool is_named(std::string_view names, std::string_view name) {
    return !name.empty() && names.find(" " + std::string(name) + " ") != names.npos;
}

/// Options and operands of a program, read from left to right.
class option_reader {
public:
    option_reader(const step& one, const option_rules& rules)
        : all_(one.arguments), at_(one.call.program + 1), rules_(rules) {}

    /// Returns: false behind the last word.
    bool next() {
        if (at_ >= all_.size()) {
            return false;
        }
        here_ = all_[at_++];
        value_.reset();
        name_.clear();
        const std::string& text = here_.what.text;
        if (!here_.is_known() || is_behind_ || text.size() < 2 || text[0] != '-') {
            has_verb_ = has_verb_ || !here_.is("compose");
            return true;
        }
        if (text == "--") {
            is_behind_ = true;
            return next();
        }
        const auto equals = text.find('=');
        name_ = text.substr(0, equals);
        if (equals != text.npos) {
            value_ = here_;
            value_->what.text.erase(0, equals + 1);
        } else if (takes_value(name_)) {
            if (at_ < all_.size()) {
                value_ = all_[at_++];
            }
        } else if (text[1] != '-' && text.size() > 2 && takes_value(text.substr(0, 2))) {
            name_ = text.substr(0, 2);  // -t5
            value_ = here_;
            value_->what.text.erase(0, 2);
        }
        return true;
    }

    [[nodiscard]] bool is_operand() const { return name_.empty(); }
    [[nodiscard]] bool is(std::string_view a, std::string_view b = "-") const {
        return name_ == a || name_ == b;
    }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const argument& word() const { return here_; }
    [[nodiscard]] const std::optional<argument>& value() const { return value_; }

private:
    [[nodiscard]] bool takes_value(std::string_view name) const {
        return is_named(rules_.with_value, name) || is_named(rules_.grace, name) ||
               (!has_verb_ && is_named(rules_.before_verb, name));
    }

    const std::vector<argument>& all_;
    std::size_t at_;
    option_rules rules_;
    argument here_;
    std::string name_;
    std::optional<argument> value_;
    bool is_behind_ = false;
    bool has_verb_ = false;
};

}  // namespace lastcall::lint::shell

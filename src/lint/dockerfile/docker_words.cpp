#include "lint/dockerfile/docker_words.hpp"

namespace lastcall::lint {
namespace {

constexpr std::size_t value_limit = 64 << 10;  // ENV A=$A$A... doubles with each line
constexpr std::size_t variable_limit = 1000;
constexpr int depth_limit = 16;  // of ${a:-${b:-...}}

bool is_name_begin(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_name_char(char c) { return is_name_begin(c) || (c >= '0' && c <= '9'); }

/// Reads one word from its begin to its end; never goes back.
class expander {
public:
    expander(const mapped_text& word, const docker_variables& variables, char escape)
        : word_(word), text_(word.text()), variables_(variables), escape_(escape) {}

    docker_word expand() {
        until('\0', 0, &made_.text);
        return std::move(made_);
    }

private:
    /// Up to `stop`, which is taken too. `into` null: what is read is thrown away.
    void until(char stop, int depth, mapped_text* into) {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (stop != '\0' && c == stop) {
                ++at_;
                return;
            }
            if (c == '\'') {
                single(into);
            } else if (c == '"') {
                doubled(depth, into);
            } else if (c == '$') {
                variable(depth, into);
            } else if (c == escape_ && at_ + 1 < text_.size()) {
                put_made(text_.substr(at_ + 1, 1), 2, into);
                at_ += 2;
            } else {
                put(1, into);
            }
        }
    }

    void single(mapped_text* into) {
        const auto end = std::min(text_.find('\'', at_ + 1), text_.size());
        ++at_;
        put(end - at_, into);
        at_ = std::min(end + 1, text_.size());
    }

    void doubled(int depth, mapped_text* into) {
        ++at_;
        while (at_ < text_.size() && text_[at_] != '"') {
            const char c = text_[at_];
            const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
            if (c == '$') {
                variable(depth, into);
            } else if (c == escape_ && (next == '"' || next == '$' || next == escape_)) {
                put_made(text_.substr(at_ + 1, 1), 2, into);
                at_ += 2;
            } else {
                put(1, into);
            }
        }
        at_ = std::min(at_ + 1, text_.size());
    }

    void variable(int depth, mapped_text* into) {
        const std::size_t begin = at_++;
        const bool has_brace = at_ < text_.size() && text_[at_] == '{' && depth < depth_limit;
        at_ += has_brace ? 1 : 0;
        const std::size_t name_at = at_;
        while (at_ < text_.size() && is_name_char(text_[at_]) &&
               (at_ > name_at || is_name_begin(text_[at_]))) {
            ++at_;
        }
        const auto name = text_.substr(name_at, at_ - name_at);
        if (!has_brace) {
            if (name.empty()) {
                at_ = begin;
                put(1, into);  // a dollar before something else
            } else {
                put_value(variables_.find(name), begin, into);
            }
            return;
        }
        if (at_ < text_.size() && text_[at_] == '}' && !name.empty()) {
            ++at_;
            put_value(variables_.find(name), begin, into);
            return;
        }
        modified(name, begin, depth, into);
    }

    /// ${x:-y} and such, behind the name.
    void modified(std::string_view name, std::size_t begin, int depth, mapped_text* into) {
        const bool has_colon = at_ < text_.size() && text_[at_] == ':';
        at_ += has_colon ? 1 : 0;
        const char how = at_ < text_.size() && !name.empty() ? text_[at_] : '\0';
        if (how != '-' && how != '+' && how != '?') {
            until('}', depth + 1, nullptr);  // a pattern, or nothing that is understood
            made_.is_known = false;
            return;
        }
        ++at_;
        const auto value = variables_.find(name);
        const bool has_value = value && *value && (!has_colon || !(*value)->empty());
        const bool uses_word = (how == '-' && value && !has_value) || (how == '+' && has_value);
        const bool was_known = made_.is_known;
        until('}', depth + 1, uses_word ? into : nullptr);
        if (!uses_word) {
            made_.is_known = was_known;  // what was thrown away does not matter
        }
        const bool fails = value && !has_value && how == '?';  // the build, here
        if (!value || fails) {
            made_.is_known = false;
        } else if (has_value && how != '+') {
            put_value(value, begin, into);
        }
    }

    void put_value(const std::optional<std::optional<std::string_view>>& value, std::size_t begin,
                   mapped_text* into) {
        if (into == nullptr) {
            return;
        }
        if (!value || made_.text.size() + value->value_or("").size() > value_limit) {
            made_.is_known = false;
            return;
        }
        put_made(value->value_or(""), at_ - begin, into, begin);
    }

    void put(std::size_t size, mapped_text* into) {
        if (into != nullptr) {
            into->add(word_.part(at_, size));
        }
        at_ += size;
    }

    void put_made(std::string_view bytes, std::size_t size, mapped_text* into,
                  std::size_t begin = std::string::npos) const {
        if (into != nullptr) {
            begin = begin == std::string::npos ? at_ : begin;
            const auto offset = word_.offset_of(begin);
            into->add_made(bytes, offset, word_.offset_of(begin + size - 1) + 1 - offset);
        }
    }

    const mapped_text& word_;
    std::string_view text_;
    const docker_variables& variables_;
    char escape_;
    std::size_t at_ = 0;
    docker_word made_;
};

}  // namespace

std::vector<mapped_text> split_docker_words(const mapped_text& text, char escape) {
    const std::string& bytes = text.text();
    std::vector<mapped_text> made;
    std::size_t begin = std::string::npos;
    char quote = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const char c = bytes[i];
        if (quote == 0 && is_blank(c)) {
            if (begin != std::string::npos) {
                made.push_back(text.part(begin, i - begin));
            }
            begin = std::string::npos;
            continue;
        }
        begin = begin == std::string::npos ? i : begin;
        if (c == escape && quote != '\'') {
            ++i;
        } else if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
        } else if (c == quote) {
            quote = 0;
        }
    }
    if (begin != std::string::npos) {
        made.push_back(text.part(begin));
    }
    return made;
}

void docker_variables::set(std::string_view name, std::optional<std::string> value) {
    if (const auto found = values_.find(name); found != values_.end()) {
        found->second = std::move(value);
    } else if (values_.size() < variable_limit) {
        values_.emplace(name, std::move(value));
    }
}

std::optional<std::optional<std::string_view>> docker_variables::find(std::string_view name) const {
    if (const auto found = values_.find(name); found != values_.end()) {
        if (!found->second) {
            return std::nullopt;
        }
        return std::optional<std::string_view>(*found->second);
    }
    if (knows_all_ && values_.size() < variable_limit) {
        return std::optional<std::string_view>();
    }
    return std::nullopt;
}

docker_word expand_docker_word(const mapped_text& word, const docker_variables& variables,
                               char escape) {
    return expander(word, variables, escape).expand();
}

}  // namespace lastcall::lint

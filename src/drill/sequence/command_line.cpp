#include "drill/sequence/command_line.hpp"

#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace lastcall::drill {
namespace {

char unescaped(char c) {
    switch (c) {
        case 'n':
            return '\n';
        case 't':
            return '\t';
        case 's':
            return ' ';
        default:
            return c;
    }
}

class splitter {
public:
    explicit splitter(std::string_view text) : text_(text) {}

    std::vector<std::vector<std::string>> run() {
        for (at_ = 0; at_ < text_.size(); ++at_) {
            take(text_[at_]);
        }
        if (quote_ != '\0') {
            throw std::runtime_error(std::string("the quote ") + quote_ + " does not end");
        }
        end_word();
        end_command();
        return std::move(commands_);
    }

private:
    void take(char c) {
        if (c == '\\' && at_ + 1 < text_.size()) {
            word_ += unescaped(text_[++at_]);
            has_word_ = true;
        } else if (quote_ != '\0') {
            if (c == quote_) {
                quote_ = '\0';
            } else {
                word_ += c;
            }
        } else if (c == '"' || c == '\'') {
            quote_ = c;
            has_word_ = is_quoted_ = true;
        } else if (c == ' ' || c == '\t') {
            end_word();
        } else {
            word_ += c;
            has_word_ = true;
        }
    }

    void end_word() {
        if (word_ == ";" && !is_quoted_) {
            end_command();
        } else if (has_word_) {
            words_.push_back(std::move(word_));
        }
        word_.clear();
        has_word_ = is_quoted_ = false;
    }

    void end_command() {
        if (words_.empty()) {
            return;
        }
        auto& first = words_.front();
        const auto prefixes = std::min(first.find_first_not_of("@-:+!"), first.size());
        const auto given = first.substr(0, prefixes);
        first.erase(0, prefixes);
        if (first.empty()) {
            throw std::runtime_error("there is no program after " + given);
        }
        if (given.find('@') != std::string::npos && words_.size() > 1) {
            words_.erase(words_.begin() + 1);
        }
        if (given.find('-') != std::string::npos) {
            words_.front().insert(0, "-");
        }
        commands_.push_back(std::exchange(words_, {}));
    }

    std::string_view text_;
    std::size_t at_ = 0;
    char quote_ = '\0';
    std::string word_;
    bool has_word_ = false;
    bool is_quoted_ = false;
    std::vector<std::string> words_;
    std::vector<std::vector<std::string>> commands_;
};

std::string home() {
    const char* set = std::getenv("HOME");
    return set != nullptr ? set : "/root";
}

}  // namespace

std::vector<std::vector<std::string>> split_command_lines(std::string_view text) {
    return splitter(text).run();
}

std::string with_specifiers(const std::string& word, const std::string& unit) {
    const auto stem = unit.substr(0, unit.rfind('.'));
    const auto at_sign = stem.find('@');
    std::string made;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word[i] != '%' || i + 1 == word.size()) {
            made += word[i];
            continue;
        }
        switch (word[++i]) {
            case '%':
                made += '%';
                break;
            case 'n':
                made += unit;
                break;
            case 'N':
                made += stem;
                break;
            case 'p':
                made += stem.substr(0, at_sign);
                break;
            case 'i':
            case 'I':
                made += at_sign == std::string::npos ? "" : stem.substr(at_sign + 1);
                break;
            case 't':
                made += "/run";
                break;
            case 'h':
                made += home();
                break;
            default:
                throw std::runtime_error(std::string("only systemd knows what %") + word[i] +
                                         " stands for: write the value for the drill");
        }
    }
    return made;
}

}  // namespace lastcall::drill

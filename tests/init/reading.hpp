// A command line as the kernel hands it over, and what was read from it.
#pragma once

#include <string>
#include <vector>

#include "init/options.hpp"

namespace lastcall::init {

class reading {
public:
    explicit reading(std::vector<std::string> words, std::vector<std::string> environment = {})
        : words_(std::move(words)), variables_(std::move(environment)) {
        for (auto& word : words_) {
            argv_.push_back(word.data());
        }
        argv_.push_back(nullptr);
        for (auto& one : variables_) {
            environment_.push_back(one.data());
        }
        environment_.push_back(nullptr);
        parse_command_line(static_cast<int>(words_.size()), argv_.data(), environment_.data(),
                           options_, result_);
    }
    reading(const reading&) = delete;
    reading& operator=(const reading&) = delete;

    [[nodiscard]] bool runs() const { return result_.what == parsed::outcome::run; }
    [[nodiscard]] bool prints() const { return result_.what == parsed::outcome::print; }
    [[nodiscard]] int status() const { return result_.exit_status; }
    [[nodiscard]] bool to_stderr() const { return result_.to_stderr; }
    [[nodiscard]] bool is_cut() const { return result_.text.is_cut(); }
    [[nodiscard]] std::string text() const { return std::string(result_.text.view()); }
    const options* operator->() const { return &options_; }

    /// The program and its arguments, joined by blanks; "(none)" without any.
    [[nodiscard]] std::string command() const {
        if (options_.command == nullptr) {
            return "(none)";
        }
        std::string joined;
        for (char* const* word = options_.command; *word != nullptr; ++word) {
            joined += (joined.empty() ? "" : " ") + std::string(*word);
        }
        return joined;
    }

    /// "1 2 15"
    [[nodiscard]] std::string stop_signals() const {
        std::string joined;
        for (std::size_t i = 0; i < options_.stop_signals.size(); ++i) {
            if (options_.stop_signals[i]) {
                joined += (joined.empty() ? "" : " ") + std::to_string(i);
            }
        }
        return joined;
    }

    /// "3:15 20:0": every signal for which another one is sent.
    [[nodiscard]] std::string rewrites() const {
        std::string joined;
        for (std::size_t i = 0; i < options_.rewrite.size(); ++i) {
            if (options_.rewrite[i] != i) {
                joined += (joined.empty() ? "" : " ") + std::to_string(i) + ':' +
                          std::to_string(options_.rewrite[i]);
            }
        }
        return joined;
    }

    /// "143:0"
    [[nodiscard]] std::string exit_map() const {
        std::string joined;
        for (std::size_t i = 0; i < options_.exit_map.size(); ++i) {
            if (options_.exit_map[i] != -1) {
                joined += (joined.empty() ? "" : " ") + std::to_string(i) + ':' +
                          std::to_string(options_.exit_map[i]);
            }
        }
        return joined;
    }

private:
    std::vector<std::string> words_;
    std::vector<std::string> variables_;
    std::vector<char*> argv_;
    std::vector<char*> environment_;
    options options_;
    parsed result_;
};

}  // namespace lastcall::init

// A shell script with all that was found out about it, and the file that it stands in.
#pragma once

#include <memory>
#include <string>

#include "lint/shell/execution.hpp"
#include "lint/shell/script.hpp"
#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {

/// Lifetime: what `parsed` and `run` say are views into it; it neither moves nor is copied.
class loaded_script {
public:
    /// A file of its own.
    loaded_script(std::string file, std::string text);

    /// A program in a word: what `read` gave.
    loaded_script(std::string file, shell::script read);

    loaded_script(const loaded_script&) = delete;
    loaded_script& operator=(const loaded_script&) = delete;
    ~loaded_script() = default;

    [[nodiscard]] const std::string& file() const noexcept { return file_; }
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    [[nodiscard]] const shell::script& parsed() const noexcept { return parsed_; }
    [[nodiscard]] const shell::execution& run() const noexcept { return run_; }

private:
    std::string file_;
    std::string text_;
    shell::script parsed_;
    shell::execution run_;
};

/// The script in a value of another file (the shell form of CMD, the word behind `sh -c`), with
/// places of that file.
[[nodiscard]] std::shared_ptr<const loaded_script> load_inline(
    std::string file, const mapped_text& value, std::shared_ptr<const line_index> lines);

}  // namespace lastcall::lint

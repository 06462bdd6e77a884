// A Dockerfile as a list of instructions: https://docs.docker.com/reference/dockerfile/
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lint/dockerfile/docker_words.hpp"
#include "lint/text/line_index.hpp"
#include "lint/text/problem.hpp"
#include "lint/text/suppression.hpp"

namespace lastcall::lint {

struct docker_flag {
    std::string name;   ///< "from" of --from=build
    mapped_text value;  ///< "build"; empty where there is no =
    place at;           ///< of all of it
};

struct docker_heredoc {
    std::string name;          ///< "EOF"
    bool expands = true;       ///< it was not quoted: variables are put in
    bool strips_tabs = false;  ///< <<-
    mapped_text content;       ///< without the line of the name, without the tabs of <<-
    place at;                  ///< of <<EOF
};

struct docker_instruction {
    std::string name;  ///< in capitals: "RUN"
    place at;          ///< of the name
    statement_lines lines;
    std::vector<docker_flag> flags;
    mapped_text rest;  ///< what follows the flags, continued lines put together
    json_words json;   ///< of what can be written in the exec form
    std::vector<docker_heredoc> heredocs;
    std::vector<docker_instruction> trigger;  ///< of ONBUILD: the one that comes later

    [[nodiscard]] const docker_flag* flag(std::string_view wanted) const;
};

struct dockerfile {
    line_index lines{""};
    char escape = '\\';
    std::string syntax;  ///< of # syntax=
    std::vector<docker_instruction> instructions;
    std::vector<comment> comments;
    std::vector<problem> problems;

    [[nodiscard]] std::vector<statement_lines> statements() const;
};

/// `text`  has to outlive the comments of what is returned.
/// Of garbage at most 20,000 instructions are read.
[[nodiscard]] dockerfile read_dockerfile(std::string_view text);

}  // namespace lastcall::lint

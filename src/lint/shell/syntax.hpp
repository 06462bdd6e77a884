// What a shell program says, as values: POSIX shell and the bash that scripts use.
//
// The texts are views into the file, or into what the script keeps where quoting changed them
// (script.hpp); so a tree lives as long as its script and the text that this was read from.
// What was not understood is an `opaque` command; the reader goes on behind it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "lint/shell/stretch.hpp"

namespace lastcall::lint::shell {

struct statement;
struct word;

enum class part_kind : std::uint8_t {
    text,            ///< stands for itself; quoting has been taken away
    parameter,       ///< $name, ${name...}
    command,         ///< $(...), `...`
    arithmetic,      ///< $((...)), $[...]
    process_input,   ///< <(...)
    process_output,  ///< >(...)
    array,           ///< (...) behind NAME=
};

/// A piece of a word. What it stands for is known for `text` only.
struct part {
    part_kind kind = part_kind::text;
    bool is_quoted = false;  ///< a result is neither split nor a pattern
    stretch where;
    std::string_view text;       ///< of a parameter its name, else the text itself
    std::string_view operation;  ///< of a parameter: "" or `:-`, `#`, `length`, ...
    std::vector<word> words;     ///< of a parameter the word behind the operation; of an array all
    std::vector<statement> program;  ///< of a command or process substitution
    std::vector<part> inner;         ///< what is expanded inside of arithmetic
};

/// `text` is the word itself when it is plain (no parts), else how it is written in the file.
struct word {
    stretch where;
    std::string_view text;
    std::vector<part> parts;

    [[nodiscard]] bool is_plain() const noexcept { return parts.empty(); }
};

/// NAME=value, NAME+=value, NAME[index]=value, NAME=(array).
struct assignment {
    stretch where;
    std::string_view name;
    bool is_append = false;
    bool has_index = false;
    std::vector<part> index;  ///< what is expanded in it
    word value;
};

/// `<<` and `<<-` keep their text in script::heredocs, at `heredoc`.
struct redirection {
    static constexpr std::uint32_t no_heredoc = ~0U;

    stretch where;
    std::string_view descriptor;  ///< "2" or "{name}"; empty: that of the operator
    std::string_view operation;   ///< `>`, `>>`, `<&`, `<<<`, ...
    word target;
    std::uint32_t heredoc = no_heredoc;
};

struct heredoc {
    stretch where;  ///< of the text, without the line that ends it
    std::string_view text;
    std::string_view delimiter;
    bool is_quoted = false;  ///< nothing is expanded in it
    std::vector<part> parts;
};

/// Words, assignments and, beside it in `command`, redirections. May be without words.
struct simple_command {
    std::vector<assignment> assignments;
    std::vector<word> words;
};

struct subshell {
    std::vector<statement> body;
};

struct group {
    std::vector<statement> body;
};

struct if_branch {
    std::vector<statement> condition;  ///< empty for `else`
    std::vector<statement> body;
};

struct if_command {
    std::vector<if_branch> branches;
    bool has_else = false;  ///< the last branch is it
};

struct while_command {
    bool is_until = false;
    std::vector<statement> condition;
    std::vector<statement> body;
};

struct for_command {
    bool is_select = false;
    std::string_view variable;  ///< empty for `for ((...))`
    bool has_words = false;     ///< false: over "$@"
    std::vector<word> words;
    std::vector<part> arithmetic;
    std::vector<statement> body;
};

struct case_item {
    stretch where;
    std::vector<word> patterns;
    std::vector<statement> body;
    std::string_view end;  ///< `;;`, `;&`, `;;&`, or empty before `esac`
};

struct case_command {
    word subject;
    std::vector<case_item> items;
};

struct command;

struct function_definition {
    std::string_view name;
    std::vector<command> body;  ///< one command
};

struct coprocess {
    std::string_view name;
    std::vector<command> body;  ///< one command
};

/// [[ ... ]], with operators as words.
struct test_command {
    std::vector<word> words;
};

/// (( ... ))
struct arithmetic_command {
    std::vector<part> parts;
};

struct opaque {
    std::string_view text;
};

struct command {
    stretch where;
    std::variant<simple_command, subshell, group, if_command, while_command, for_command,
                 case_command, function_definition, coprocess, test_command, arithmetic_command,
                 opaque>
        what;
    std::vector<redirection> redirections;
};

/// a | b | c, perhaps behind `!` or `time`.
struct pipeline {
    stretch where;
    bool is_negated = false;
    bool is_timed = false;
    std::vector<command> commands;
};

enum class joined : std::uint8_t { first, if_succeeded, if_failed };

struct chain_link {
    joined how = joined::first;
    pipeline what;
};

/// a && b || c, perhaps with `&` behind it.
struct statement {
    stretch where;
    std::vector<chain_link> chain;
    bool is_background = false;
};

}  // namespace lastcall::lint::shell

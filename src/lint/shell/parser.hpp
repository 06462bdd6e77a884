// The reader behind script.hpp: one cursor over a text, one member function for each construct.
//
// Shell cannot be cut into tokens without knowing the grammar around them, so there is no lexer.
// Nothing is read twice but `((`, which is arithmetic or two subshells; that looking ahead has a
// budget for the whole text, and so has nesting.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "lint/shell/bytes.hpp"
#include "lint/shell/script.hpp"

namespace lastcall::lint::shell {

/// What ends a list of statements.
enum class closer : std::uint8_t {
    none,
    then_word,
    elif_word,
    else_word,
    fi_word,
    do_word,
    done_word,
    esac_word,
    brace,
    paren,
    case_end,
};

/// What the parsers of one script share: substitutions are read by parsers of their own.
struct parse_state {
    script& out;
    std::size_t lookahead_left;
    std::size_t nodes_left = max_nodes;
    int depth = 0;
    bool has_ended = false;  ///< an end that is missing has been reported: once is enough
};

class parser {
public:
    /// `map` is null for the text of the file itself.
    parser(std::string_view text, const text_map* map, parse_state& state);

    /// Reads all of the text.
    std::vector<statement> read_program();

private:
    using closers = std::uint32_t;  // bits of `closer`

    struct pending_heredoc {
        std::uint32_t index;
        bool strips_tabs;
    };

    // parser_cursor.cpp
    [[nodiscard]] bool at_end() const { return at_ >= end_; }
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < end_ ? text_[at_ + ahead] : '\0';
    }
    [[nodiscard]] bool sees(std::string_view what) const {
        return text_.substr(at_, end_ - at_).starts_with(what);
    }
    [[nodiscard]] bool is_line_end(std::size_t at) const;
    [[nodiscard]] stretch from(std::size_t begin) const { return between(begin, at_); }
    [[nodiscard]] stretch between(std::size_t begin, std::size_t end) const;
    [[nodiscard]] std::string_view view(std::size_t begin) const {
        return text_.substr(begin, at_ - begin);
    }
    void skip_blanks();
    void skip_blanks_and_lines();
    void read_line_end();
    void report(problem::kind what, stretch where, std::string text);
    void report_unclosed(stretch where, std::string_view construct);
    bool enter(std::size_t begin);
    bool count_node();
    void leave() { --state_.depth; }

    // parser_heredoc.cpp
    void read_heredocs();
    void read_heredoc(const pending_heredoc& wanted);
    void read_heredoc_parts(heredoc& into, std::size_t begin, std::size_t end);
    void read_delimiter(redirection& into, bool strips_tabs);

    // parser_word.cpp
    word read_word(bool may_have_index = false);
    word read_plain_or_parts(std::size_t begin, bool is_regex);
    void read_quotes(std::vector<part>& into);
    void read_double_quotes(std::vector<part>& into);
    void read_ansi_quotes(std::vector<part>& into);
    void read_escape(std::vector<part>& into);
    void read_until(std::vector<part>& into, char end, bool is_quoted);
    void add_text(std::vector<part>& into, std::size_t begin, bool is_quoted) const;

    // parser_expansion.cpp
    void read_dollar(std::vector<part>& into, bool is_quoted);
    void read_braced(part& into, bool is_quoted);
    void read_argument(part& into, bool is_quoted);
    void read_index(std::vector<part>& into, std::size_t end);
    void read_substitution(part& into, std::size_t opener);
    void read_backquotes(std::vector<part>& into, bool is_quoted);
    void read_arithmetic(std::vector<part>& into, std::string_view end, std::size_t begin);
    [[nodiscard]] bool is_arithmetic(std::size_t inside);
    [[nodiscard]] std::size_t end_of_index(std::size_t bracket);

    // parser_list.cpp
    std::vector<statement> read_body(closers wanted);
    std::vector<statement> read_list();
    statement read_statement();
    pipeline read_pipeline();
    void skip_unexpected();
    [[nodiscard]] closer see_closer() const;
    [[nodiscard]] std::string_view reserved_word() const;
    bool take_word(std::string_view expected);
    bool close(std::string_view expected, stretch opener, std::string_view construct);

    // parser_command.cpp
    command read_command();
    void read_simple(command& into);
    bool read_function(command& into, std::size_t begin);
    bool at_assignment();
    void read_assignment(simple_command& into);
    void read_array(std::vector<part>& into);
    bool read_redirection(std::vector<redirection>& into);
    void skip_parens();

    // parser_compound.cpp
    bool read_compound(command& into, std::string_view reserved);
    void read_parens(command& into);
    void read_if(command& into);
    void read_while(command& into, bool is_until);
    void read_for(command& into, bool is_select);
    void read_loop_body(std::vector<statement>& into, stretch opener, std::string_view construct);
    void read_case(command& into);
    void read_case_item(case_command& into);
    void read_function_word(command& into);
    void read_coprocess(command& into);
    void read_test(command& into);
    void read_function_body(std::vector<command>& into, std::size_t begin);

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t end_;
    const text_map* map_;
    parse_state& state_;
    std::vector<pending_heredoc> pending_;
    closers outer_ = 0;  // what the constructs around this one wait for
};

constexpr std::uint32_t bit(closer one) { return 1U << static_cast<unsigned>(one); }

}  // namespace lastcall::lint::shell

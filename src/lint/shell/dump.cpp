#include "lint/shell/dump.hpp"

#include <string_view>

namespace lastcall::lint::shell {
namespace {

struct dumper {
    const script& whole;
    std::string out;

    void blank() {
        const bool is_escaped = out.size() > 1 && out[out.size() - 2] == '\\';
        if (!out.empty() &&
            (is_escaped || (out.back() != '(' && out.back() != '[' && out.back() != ' '))) {
            out += ' ';
        }
    }

    void text(std::string_view text) {
        if (text.empty()) {
            out += "''";
        }
        for (const char one : text) {
            if (one == '\n') {
                out += "\\n";
            } else {
                if (std::string_view(" ()[]\\\t").find(one) != std::string_view::npos) {
                    out += '\\';
                }
                out += one;
            }
        }
    }

    void list(std::string_view name, const std::vector<statement>& body) {
        blank();
        out += '(';
        out += name;
        statements(body);
        out += ')';
    }

    void statements(const std::vector<statement>& body) {
        for (const statement& one : body) {
            blank();
            if (one.is_background) {
                out += "(& ";
            }
            chain(one, one.chain.size());
            out += one.is_background ? ")" : "";
        }
    }

    void chain(const statement& one, std::size_t links) {
        // a && b || c is (|| (&& a b) c)
        for (std::size_t i = links; i > 1; --i) {
            out += one.chain[i - 1].how == joined::if_succeeded ? "(&& " : "(|| ";
        }
        for (std::size_t i = 0; i < links; ++i) {
            blank();
            pipe(one.chain[i].what);
            out += i > 0 ? ")" : "";
        }
    }

    void pipe(const pipeline& one) {
        out += one.is_timed ? "(time " : "";
        out += one.is_negated ? "(! " : "";
        out += one.commands.size() > 1 ? "(|" : "";
        for (const command& each : one.commands) {
            blank();
            run(each);
        }
        out += one.commands.size() > 1 ? ")" : "";
        out += one.is_negated ? ")" : "";
        out += one.is_timed ? ")" : "";
    }

    void run(const command& one) {
        out += '(';
        std::visit([this](const auto& what) { inside(what); }, one.what);
        for (const redirection& each : one.redirections) {
            blank();
            out += "(";
            out += each.descriptor;
            out += each.operation;
            out += ' ';
            if (each.heredoc == redirection::no_heredoc) {
                one_word(each.target);
            } else {
                const heredoc& body = whole.heredocs[each.heredoc];
                text(body.delimiter);
                out += ' ';
                if (body.parts.empty()) {
                    text(body.text);
                } else {
                    parts(body.parts);
                }
            }
            out += ')';
        }
        out += ')';
    }

    void words(const std::vector<word>& all) {
        for (const word& one : all) {
            blank();
            one_word(one);
        }
    }

    void one_word(const word& one) {
        if (one.is_plain()) {
            text(one.text);
        } else {
            parts(one.parts);
        }
    }

    void parts(const std::vector<part>& all) {
        bool is_text = true;
        std::string joined;
        for (const part& one : all) {
            is_text = is_text && one.kind == part_kind::text;
            joined += one.text;
        }
        if (is_text) {
            text(joined);
            return;
        }
        out += '[';
        for (const part& one : all) {
            blank();
            one_part(one);
        }
        out += ']';
    }

    void one_part(const part& one) {
        switch (one.kind) {
            case part_kind::text:
                text(one.text);
                return;
            case part_kind::parameter:
                out += '$';
                out += one.text;
                if (!one.operation.empty()) {
                    out += '{';
                    out += one.operation;
                    words(one.words);
                    out += '}';
                }
                return;
            case part_kind::command:
                list("$", one.program);
                return;
            case part_kind::process_input:
                list("<", one.program);
                return;
            case part_kind::process_output:
                list(">", one.program);
                return;
            case part_kind::arithmetic:
                out += "(math ";
                parts(one.inner);
                out += ')';
                return;
            case part_kind::array:
                out += "(array";
                words(one.words);
                out += ')';
                return;
        }
    }

    void inside(const simple_command& one) {
        for (const assignment& each : one.assignments) {
            blank();
            out += each.name;
            out += each.has_index ? "[]" : "";
            out += each.is_append ? "+=" : "=";
            one_word(each.value);
        }
        words(one.words);
    }
    void inside(const subshell& one) {
        out += "subshell";
        statements(one.body);
    }
    void inside(const group& one) {
        out += "group";
        statements(one.body);
    }
    void inside(const if_command& one) {
        out += "if";
        for (std::size_t i = 0; i < one.branches.size(); ++i) {
            if (!one.has_else || i + 1 < one.branches.size()) {
                list("?", one.branches[i].condition);
            }
            list(one.has_else && i + 1 == one.branches.size() ? "else" : "then",
                 one.branches[i].body);
        }
    }
    void inside(const while_command& one) {
        out += one.is_until ? "until" : "while";
        list("?", one.condition);
        list("do", one.body);
    }
    void inside(const for_command& one) {
        out += one.is_select ? "select " : "for ";
        if (one.variable.empty()) {
            out += "(math ";
            parts(one.arithmetic);
            out += ')';
        } else {
            out += one.variable;
            out += one.has_words ? " (in" : "";
            words(one.words);
            out += one.has_words ? ")" : "";
        }
        list("do", one.body);
    }
    void inside(const case_command& one) {
        out += "case ";
        one_word(one.subject);
        for (const case_item& each : one.items) {
            out += " (";
            words(each.patterns);
            statements(each.body);
            out += each.end;
            out += ')';
        }
    }
    void inside(const function_definition& one) {
        out += "function ";
        out += one.name;
        for (const command& each : one.body) {
            out += ' ';
            run(each);
        }
    }
    void inside(const coprocess& one) {
        out += "coproc ";
        out += one.name;
        for (const command& each : one.body) {
            blank();
            run(each);
        }
    }
    void inside(const test_command& one) {
        out += "test";
        words(one.words);
    }
    void inside(const arithmetic_command& one) {
        out += "math ";
        parts(one.parts);
    }
    void inside(const opaque& one) {
        out += "opaque ";
        text(one.text);
    }
};

}  // namespace

std::string dump(const script& whole) {
    dumper made{whole, {}};
    made.statements(whole.program);
    return std::move(made.out);
}

std::string dump_problems(const script& whole) {
    std::string out;
    for (const problem& one : whole.problems) {
        const place where = whole.at(one.where);
        out += std::to_string(where.line) + ":" + std::to_string(where.column) + ": " + one.text +
               "\n";
    }
    return out;
}

}  // namespace lastcall::lint::shell

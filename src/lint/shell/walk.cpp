#include "lint/shell/walk.hpp"

namespace lastcall::lint::shell {
namespace {

struct walker {
    const script& whole;
    const std::function<void(const command&)>& seen;

    void go(const std::vector<statement>& program) const {
        for (const statement& one : program) {
            for (const chain_link& link : one.chain) {
                go(link.what.commands);
            }
        }
    }

    void go(const std::vector<command>& commands) const {
        for (const command& one : commands) {
            seen(one);
            std::visit([this](const auto& what) { inside(what); }, one.what);
            for (const redirection& each : one.redirections) {
                go(each.target);
                if (each.heredoc != redirection::no_heredoc) {
                    go(whole.heredocs[each.heredoc].parts);
                }
            }
        }
    }

    void go(const word& in) const { go(in.parts); }
    void go(const std::vector<word>& words) const {
        for (const word& one : words) {
            go(one.parts);
        }
    }
    void go(const std::vector<part>& parts) const {
        for (const part& one : parts) {
            go(one.words);
            go(one.program);
            go(one.inner);
        }
    }

    void inside(const simple_command& one) const {
        for (const assignment& each : one.assignments) {
            go(each.index);
            go(each.value);
        }
        go(one.words);
    }
    void inside(const subshell& one) const { go(one.body); }
    void inside(const group& one) const { go(one.body); }
    void inside(const if_command& one) const {
        for (const if_branch& each : one.branches) {
            go(each.condition);
            go(each.body);
        }
    }
    void inside(const while_command& one) const {
        go(one.condition);
        go(one.body);
    }
    void inside(const for_command& one) const {
        go(one.words);
        go(one.arithmetic);
        go(one.body);
    }
    void inside(const case_command& one) const {
        go(one.subject);
        for (const case_item& each : one.items) {
            go(each.patterns);
            go(each.body);
        }
    }
    void inside(const function_definition& one) const { go(one.body); }
    void inside(const coprocess& one) const { go(one.body); }
    void inside(const test_command& one) const { go(one.words); }
    void inside(const arithmetic_command& one) const { go(one.parts); }
    void inside(const opaque&) const {}
};

}  // namespace

void for_each_command(const script& whole, const std::function<void(const command&)>& seen) {
    for_each_command(whole, whole.program, seen);
}

void for_each_command(const script& whole, const std::vector<statement>& program,
                      const std::function<void(const command&)>& seen) {
    walker{whole, seen}.go(program);
}

void for_each_command(const script& whole, const word& in,
                      const std::function<void(const command&)>& seen) {
    walker{whole, seen}.go(in);
}

const command* first_command(const statement& of) {
    const auto& commands = of.chain.front().what.commands;
    return commands.empty() ? nullptr : &commands.front();
}

const command* last_command(const statement& of) {
    const auto& commands = of.chain.back().what.commands;
    return commands.empty() ? nullptr : &commands.back();
}

const simple_command* lone_command(const std::vector<statement>& program) {
    if (program.size() != 1 || program.front().is_background || program.front().chain.size() != 1 ||
        program.front().chain.front().what.commands.size() != 1) {
        return nullptr;
    }
    return std::get_if<simple_command>(&first_command(program.front())->what);
}

std::vector<const std::vector<statement>*> bodies_of(const command& one) {
    std::vector<const std::vector<statement>*> bodies;
    if (const auto* sub = std::get_if<subshell>(&one.what)) {
        bodies = {&sub->body};
    } else if (const auto* braces = std::get_if<group>(&one.what)) {
        bodies = {&braces->body};
    } else if (const auto* loop = std::get_if<while_command>(&one.what)) {
        bodies = {&loop->condition, &loop->body};
    } else if (const auto* each = std::get_if<for_command>(&one.what)) {
        bodies = {&each->body};
    } else if (const auto* branches = std::get_if<if_command>(&one.what)) {
        for (const if_branch& branch : branches->branches) {
            bodies.push_back(&branch.condition);
            bodies.push_back(&branch.body);
        }
    } else if (const auto* choice = std::get_if<case_command>(&one.what)) {
        for (const case_item& item : choice->items) {
            bodies.push_back(&item.body);
        }
    }
    return bodies;
}

}  // namespace lastcall::lint::shell

#include "lint/shell/execution.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "lint/shell/remote_command.hpp"
#include "lint/shell/settings.hpp"
#include "lint/shell/walk.hpp"

namespace lastcall::lint::shell {
namespace {

constexpr std::size_t most_called_steps = 20000;
constexpr int deepest_call = 20;
constexpr int deepest_source = 4;
/// What stands in words within words is read again for each of them, which multiplies.
constexpr std::size_t most_source_bytes = 1UL << 16;

class follower {
public:
    follower(const script& whole, execution& out) : out_(out) {
        add_functions(whole);
        scripts_.push_back(&whole);
    }

    void run() {
        context around;
        around.is_last = true;
        out_.steps = {};
        into_ = &out_.steps;
        follow(scripts_.front()->program, around);
        // A copy: what they hold may define more.
        const auto functions = functions_;
        for (const auto& [name, body] : functions) {
            if (!called_.contains(name)) {
                context uncalled;
                uncalled.is_called = false;
                call(name, uncalled);
            }
        }
    }

private:
    void add_functions(const script& whole) {
        for_each_command(whole, [this](const command& one) {
            if (const auto* made = std::get_if<function_definition>(&one.what);
                made != nullptr && !made->body.empty()) {
                functions_[made->name] = &made->body.front();
            }
        });
    }

    void call(std::string_view name, context around) {
        const auto found = functions_.find(name);
        if (found == functions_.end() ||
            std::find(calls_.begin(), calls_.end(), name) != calls_.end()) {
            return;
        }
        called_.insert(found->first);
        if (calls_.size() >= deepest_call || called_steps_ >= most_called_steps) {
            out_.is_complete = false;
            return;
        }
        around.function = found->first;
        around.is_condition = false;
        calls_.push_back(found->first);
        follow(*found->second, around);
        calls_.pop_back();
    }

    void follow(const std::vector<statement>& program, const context& around) {
        for (std::size_t i = 0; i < program.size(); ++i) {
            context here = around;
            here.is_last = around.is_last && i + 1 == program.size();
            here.is_background = around.is_background || program[i].is_background;
            follow_chain(program[i].chain, here);
        }
    }

    void follow_chain(const std::vector<chain_link>& chain, const context& around) {
        for (std::size_t i = 0; i < chain.size(); ++i) {
            const pipeline& pipe = chain[i].what;
            context here = around;
            here.is_last = around.is_last && i + 1 == chain.size();
            here.is_optional = around.is_optional || i > 0;
            here.is_failure_caught =
                around.is_failure_caught || i + 1 < chain.size() || pipe.is_negated;
            for (std::size_t at = 0; at < pipe.commands.size(); ++at) {
                context each = here;
                if (pipe.commands.size() > 1) {
                    each.pipe_position =
                        static_cast<std::uint16_t>(std::min<std::size_t>(at, 65535));
                    each.pipe_length = static_cast<std::uint16_t>(
                        std::min<std::size_t>(pipe.commands.size(), 65535));
                    each.is_in_subshell = true;
                }
                follow(pipe.commands[at], each);
            }
        }
    }

    void follow(const command& one, const context& around) {
        for (const redirection& each : one.redirections) {
            follow_inside(each.target.parts, around);
            if (each.heredoc != redirection::no_heredoc &&
                each.heredoc < scripts_.back()->heredocs.size()) {
                follow_inside(scripts_.back()->heredocs[each.heredoc].parts, around);
            }
        }
        std::visit([&](const auto& what) { run(what, one, around); }, one.what);
    }

    /// The substitutions in a word run before its command.
    void follow_inside(const std::vector<part>& parts, const context& around) {
        for (const part& one : parts) {
            context inner = around;
            inner.is_last = false;
            inner.is_in_subshell = true;
            inner.is_in_substitution = true;
            inner.is_condition = false;
            inner.pipe_length = 1;
            inner.pipe_position = 0;
            follow(one.program, inner);
            follow_inside(one.inner, around);
            for (const word& each : one.words) {
                follow_inside(each.parts, around);
            }
        }
    }

    void run(const simple_command& one, const command& what, const context& around) {
        for (const assignment& each : one.assignments) {
            follow_inside(each.index, around);
            follow_inside(each.value.parts, around);
        }
        for (const word& each : one.words) {
            follow_inside(each.parts, around);
        }
        called_steps_ += calls_.empty() ? 0U : 1U;
        step made;
        made.what = &what;
        made.where = what.where;
        made.arguments = arguments_of(one.words, out_.known);
        made.call = unwrap(made.arguments);
        made.around = around;
        out_.sets_errexit = out_.sets_errexit || sets_errexit(made);
        if (made.name() == "trap" || made.name() == "ssh" || made.call.source != invocation::none) {
            const step here = made;  // the list grows with what follows
            into_->push_back(std::move(made));
            if (here.name() == "trap") {
                add_trap(here);
            } else if (here.name() == "ssh") {
                add_remote(here);
            } else {
                add_source(here);
            }
            return;
        }
        const auto function =
            made.call.program == 0 ? functions_.find(made.name()) : functions_.end();
        into_->push_back(std::move(made));
        if (function != functions_.end()) {
            call(function->first, around);
        }
    }

    void run(const subshell& one, const command&, context around) {
        around.is_in_subshell = true;
        follow(one.body, around);
    }
    void run(const group& one, const command&, const context& around) { follow(one.body, around); }

    void run(const if_command& one, const command&, const context& around) {
        context branch = around;
        branch.is_optional = true;
        context condition = around;
        condition.is_condition = true;
        condition.is_last = false;
        for (const if_branch& each : one.branches) {
            follow(each.condition, condition);
            follow(each.body, branch);
            condition.is_optional = true;
        }
    }

    void run(const while_command& one, const command&, context around) {
        around.is_last = false;
        ++around.loops;
        context condition = around;
        condition.is_condition = true;
        follow(one.condition, condition);
        around.is_optional = true;
        follow(one.body, around);
    }

    void run(const for_command& one, const command&, context around) {
        for (const word& each : one.words) {
            follow_inside(each.parts, around);
        }
        follow_inside(one.arithmetic, around);
        around.is_last = false;
        around.is_optional = true;
        ++around.loops;
        follow(one.body, around);
    }

    void run(const case_command& one, const command&, context around) {
        follow_inside(one.subject.parts, around);
        around.is_optional = true;
        for (const case_item& each : one.items) {
            follow(each.body, around);
        }
    }

    void run(const function_definition&, const command&, const context&) {}

    void run(const coprocess& one, const command&, context around) {
        around.is_background = true;
        around.is_in_subshell = true;
        for (const command& each : one.body) {
            follow(each, around);
        }
    }

    void run(const test_command& one, const command&, const context& around) {
        for (const word& each : one.words) {
            follow_inside(each.parts, around);
        }
    }
    void run(const arithmetic_command& one, const command&, const context& around) {
        follow_inside(one.parts, around);
    }
    void run(const opaque&, const command&, const context&) {}

    /// Reads the program in the word of an argument and follows it.
    const embedded_program* follow_source(const argument& from, const context& around) {
        return from.from == nullptr ? nullptr : follow_source(*from.from, around);
    }

    const embedded_program* follow_source(const word& from, const context& around) {
        source_bytes_ += from.text.size();
        if (sources_ >= deepest_source || source_bytes_ > most_source_bytes) {
            out_.is_complete = false;
            return nullptr;
        }
        auto found = read_embedded_word(*scripts_.back(), from, out_.known);
        if (!found) {
            return nullptr;
        }
        const embedded_program& kept = out_.sources.emplace_back(std::move(*found));
        add_functions(kept.program);
        scripts_.push_back(&kept.program);
        ++sources_;
        follow(kept.program.program, around);
        --sources_;
        scripts_.pop_back();
        return &kept;
    }

    void add_source(const step& one) {
        context around = one.around;
        around.is_in_source = true;
        const bool is_same_shell = one.name() == "eval";
        around.is_in_subshell = around.is_in_subshell || !is_same_shell;
        follow_source(one.arguments[one.call.source], around);
    }

    /// What ssh runs at the other end, by a shell there. How that one is set says nothing of this.
    void add_remote(const step& one) {
        context around = one.around;
        around.is_in_source = true;
        around.is_in_subshell = true;
        const bool sets_errexit = out_.sets_errexit;
        const auto begin = remote_command_of(one.arguments, one.call.program);
        if (begin == invocation::none || is_lone_shell(one.arguments, begin)) {
            follow_heredoc(*one.what, around);
        } else if (begin + 1 == one.arguments.size()) {
            follow_source(one.arguments[begin], around);
        } else {
            step made;
            made.what = one.what;
            made.where = one.where;
            made.arguments.assign(one.arguments.begin() + static_cast<std::ptrdiff_t>(begin),
                                  one.arguments.end());
            made.call = unwrap(made.arguments);
            made.around = around;
            into_->push_back(std::move(made));
        }
        out_.sets_errexit = sets_errexit;
    }

    void follow_heredoc(const command& of, const context& around) {
        for (const redirection& each : of.redirections) {
            if (each.heredoc < scripts_.back()->heredocs.size()) {
                const heredoc& text = scripts_.back()->heredocs[each.heredoc];
                follow_source(word{text.where, text.text, text.parts}, around);
                return;
            }
        }
    }

    void add_trap(const step& one) {
        auto read = read_trap(one);
        if (!read) {
            return;
        }
        trap_setting& made = read->made;
        if (made.what == trap_setting::action::handle) {
            context around;
            around.function = one.around.function;
            around.is_last = true;
            // A handler is not called from where it is set.
            auto calls = std::exchange(calls_, {});
            auto* const outer = std::exchange(into_, &made.steps);
            const embedded_program* found = follow_source(*read->handler, around);
            into_ = outer;
            calls_ = std::move(calls);
            if (found == nullptr) {
                made.what = trap_setting::action::unknown;
            } else {
                made.expanded_early = found->expanded_early;
            }
        }
        out_.traps.push_back(std::move(made));
    }

    execution& out_;
    std::vector<step>* into_ = nullptr;
    std::map<std::string_view, const command*> functions_;
    std::set<std::string_view> called_;
    std::vector<std::string_view> calls_;
    std::size_t called_steps_ = 0;
    std::vector<const script*> scripts_;  // the innermost program in a word is the last
    int sources_ = 0;
    std::size_t source_bytes_ = 0;
};

}  // namespace

execution execution_of(const script& whole) {
    execution made;
    made.known = variables(whole);
    made.sets_errexit = whole.shebang.sets('e');
    follower(whole, made).run();
    return made;
}

}  // namespace lastcall::lint::shell

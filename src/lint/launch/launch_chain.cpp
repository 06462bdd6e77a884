#include "lint/launch/launch_chain.hpp"

#include <algorithm>

#include "lint/shell/embedded.hpp"
#include "lint/shell/shebang.hpp"

namespace lastcall::lint {
namespace {

using shell::invocation;

constexpr std::size_t longest_chain = 8;

std::vector<shell::argument> arguments_of(const std::vector<launch_word>& words) {
    std::vector<shell::argument> made;
    made.reserve(words.size());
    for (const launch_word& one : words) {
        made.push_back(one.what);
    }
    return made;
}

class follower {
public:
    follower(const std::string& file, const std::shared_ptr<const line_index>& lines,
             const script_finder& find)
        : file_(file), lines_(lines), find_(find) {}

    launch_chain follow(std::vector<launch_word> words) {
        while (!words.empty() && made_.hops.size() < longest_chain) {
            launch_hop& here = made_.hops.emplace_back();
            here.words = std::move(words);
            words.clear();
            here.call = shell::unwrap(arguments_of(here.words));
            if (here.call.name.empty() && here.call.source == invocation::none) {
                break;  // a word that is not known
            }
            find_script(here);
            if (here.script == nullptr) {
                made_.is_whole = here.call.source == invocation::none && !here.call.name.empty() &&
                                 !here.is_shell();
                break;
            }
            here.ends = ends_of(here.script->parsed(), here.script->run());
            words = words_behind(here);
        }
        return std::move(made_);
    }

private:
    void find_script(launch_hop& here) const {
        if (here.call.source != invocation::none) {
            here.is_inline = true;
            const launch_word& source = here.words[here.call.source];
            if (source.written) {
                here.script = load_inline(file_, *source.written, lines_);
            } else if (source.what.from != nullptr) {
                auto read = shell::read_embedded_word(source.in->parsed(), *source.what.from,
                                                      source.in->run().known);
                if (read) {
                    here.script = std::make_shared<const loaded_script>(source.in->file(),
                                                                        std::move(read->program));
                }
            }
            return;
        }
        const bool is_operand = here.call.file != invocation::none;
        const auto at = is_operand ? here.call.file : here.call.program;
        if (at == invocation::none || !here.words[at].what.is_known()) {
            return;
        }
        // A shell looks for its script in the folder that it runs in, the kernel's caller in PATH.
        const std::string& path = here.words[at].what.what.text;
        const bool is_beside = is_operand && path.find('/') == std::string::npos;
        here.script = find_(is_beside ? "./" + path : path);
    }

    /// What the script comes to. An `exec "$@"` goes before what only some branch does.
    static std::vector<launch_word> words_behind(const launch_hop& here) {
        const script_end* chosen = nullptr;
        for (const script_end& one : here.ends) {
            const bool is_start = one.kind == end_kind::replaced ||
                                  one.kind == end_kind::in_front || one.kind == end_kind::pipeline;
            if (is_start && (chosen == nullptr || !shell_is_better(*chosen, one))) {
                chosen = &one;
            }
        }
        std::vector<launch_word> made;
        if (chosen == nullptr) {
            return made;
        }
        for (const shell::argument& one : chosen->what->arguments) {
            if (is_all_parameters(one)) {
                const auto given = here.parameters();
                made.insert(made.end(), given.begin(), given.end());
            } else {
                made.push_back({one, std::nullopt, here.script});
            }
        }
        return made;
    }

    static bool shell_is_better(const script_end& before, const script_end& now) {
        return runs_parameters(*before.what) && !runs_parameters(*now.what);
    }

    const std::string& file_;
    const std::shared_ptr<const line_index>& lines_;
    const script_finder& find_;
    launch_chain made_;
};

bool has_option(const launch_hop& hop, const shell::wrapper& of, std::string_view letter,
                std::string_view name) {
    for (std::size_t i = of.begin + 1; i < of.end; ++i) {
        const std::string& text = hop.words[i].what.what.text;
        if (text == "--") {
            break;
        }
        const bool is_letters = text.size() > 1 && text[0] == '-' && text[1] != '-';
        if (text == name || (is_letters && text.find(letter) != std::string::npos)) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::vector<launch_word> launch_hop::parameters() const {
    auto from = call.program;
    if (call.source != invocation::none) {
        from = call.source + 1;  // the first word behind the source is $0
    } else if (call.file != invocation::none) {
        from = call.file;
    }
    if (from == invocation::none || from + 1 >= words.size()) {
        return {};
    }
    return {words.begin() + static_cast<std::ptrdiff_t>(from) + 1, words.end()};
}

std::string launch_hop::text() const {
    std::string made;
    for (std::size_t i = call.program; i < words.size(); ++i) {
        made += (made.empty() ? "" : " ") + words[i].what.what.text;
    }
    return made;
}

bool launch_hop::is_shell() const {
    return !call.name.empty() && shell::dialect_of(call.name) != shell::dialect::other;
}

launch_word written_word(const mapped_text& text, bool is_known) {
    launch_word made;
    made.what.what = {text.text(), is_known ? shell::certainty::known : shell::certainty::unknown};
    made.what.is_many = !is_known;
    made.written = text;
    return made;
}

launch_chain follow_launch(std::vector<launch_word> words, const std::string& file,
                           const std::shared_ptr<const line_index>& lines,
                           const script_finder& find) {
    return follower(file, lines, find).follow(std::move(words));
}

launch_chain follow_launch(const std::vector<mapped_text>& words, const std::string& file,
                           const std::shared_ptr<const line_index>& lines,
                           const script_finder& find) {
    std::vector<launch_word> begin;
    begin.reserve(words.size());
    for (const mapped_text& one : words) {
        begin.push_back(written_word(one));
    }
    return follow_launch(std::move(begin), file, lines, find);
}

bool is_quoted_until(std::size_t offset, const mapped_text& word, std::string_view file) {
    const auto begin = word.empty() ? 0 : word.offset_of(0);
    if (begin == 0 || offset < begin || offset > file.size()) {
        return false;
    }
    const char quote = file[begin - 1];
    if (quote != '"' && quote != '\'') {
        return false;
    }
    for (auto at = begin; at < offset; ++at) {
        if (file[at] == quote) {
            return false;
        }
        at += quote == '"' && file[at] == '\\' ? 1U : 0U;
    }
    return true;
}

const shell::wrapper* find_init(const launch_hop& hop) {
    for (const shell::wrapper& one : hop.call.wrappers) {
        for (const std::string_view name :
             {"tini", "tini-static", "docker-init", "dumb-init", "catatonit", "lastcall-init"}) {
            if (one.name == name) {
                return &one;
            }
        }
    }
    return nullptr;
}

bool has_group_init(const launch_hop& hop) {
    const auto* const init = find_init(hop);
    if (init == nullptr) {
        return false;
    }
    if (init->name == "dumb-init") {
        return !has_option(hop, *init, "c", "--single-child");
    }
    return init->name == "lastcall-init" || has_option(hop, *init, "g", "--group");
}

}  // namespace lastcall::lint

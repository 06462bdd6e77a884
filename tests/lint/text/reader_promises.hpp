// What the readers of lint promise about any text: held by the fuzzers, and by the mutations of
// the files in tests/lint/corpus.
#pragma once

#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include "lint/conf/read_conf.hpp"
#include "lint/dockerfile/copied_file.hpp"
#include "lint/unit/unit_command.hpp"
#include "lint/unit/unit_values.hpp"
#include "lint/yaml/yaml_ref.hpp"

namespace lastcall::lint::promises {

inline void must(bool holds, const char* promise) {
    if (!holds) {
        throw std::logic_error(promise);
    }
}

inline void is_in(const place& at, std::string_view text) {
    must(at.offset <= text.size() && at.size <= text.size() - at.offset, "a place is in the file");
    must(at.line >= 1 && at.column >= 1, "lines and columns begin at 1");
    const auto line = at.offset == 0 ? std::string_view::npos : text.rfind('\n', at.offset - 1);
    const auto begin = line == std::string_view::npos ? 0 : line + 1;
    must(at.offset == text.size() || at.column == at.offset - begin + 1,
         "the column is that of the offset");
}

inline void is_in(const mapped_text& value, std::string_view text) {
    std::size_t last = 0;
    for (std::size_t i = 0; i <= value.size(); ++i) {
        const auto offset = value.offset_of(i);
        must(offset <= text.size(), "each byte of a value is in the file");
        must(offset >= last, "the bytes of a value are in the order of the file");
        last = offset;
    }
}

inline void are_told(const std::vector<problem>& problems, std::string_view text) {
    must(problems.size() <= problem_limit + 1, "problems are limited");
    for (const auto& one : problems) {
        is_in(one.at, text);
        must(!one.text.empty() && one.text.find('\n') == std::string::npos,
             "a problem is told in one line");
    }
}

inline void are_bound(const std::vector<comment>& comments,
                      const std::vector<statement_lines>& statements, const line_index& lines,
                      std::string_view text) {
    for (const auto& one : comments) {
        is_in(one.at, text);
        must(one.text == text.substr(one.at.offset, one.at.size), "a comment is where it says");
    }
    std::uint32_t last = 0;
    for (const auto& one : statements) {
        must(one.first >= 1 && one.first <= one.last && one.last <= lines.lines(),
             "a statement has lines of the file");
        must(one.first >= last, "statements are in their order");
        last = one.first;
    }
    const auto today = std::chrono::year(2026) / 11 / 21;
    for (const auto& one : read_suppressions(comments, statements, lines, today).valid) {
        must(!one.reason.empty() && !one.rules.empty(), "who silences says what, and why");
    }
}

inline void keep_dockerfile(std::string_view text) {
    const auto file = read_dockerfile(text);
    are_told(file.problems, text);
    are_bound(file.comments, file.statements(), file.lines, text);
    for (const auto& one : file.instructions) {
        is_in(one.at, text);
        is_in(one.rest, text);
        for (const auto& word : one.json.words) {
            is_in(word, text);
        }
        for (const auto& here : one.heredocs) {
            is_in(here.content, text);
        }
        must(one.json.wrong <= one.rest.size(), "what is wrong is in the instruction");
    }
    const auto build = evaluate(file);
    are_told(build.problems, text);
    for (const auto& stage : build.stages) {
        is_in(stage.at, text);
        must(!stage.workdir || stage.workdir->starts_with('/'), "a path begins at the root");
        for (const char* path : {"/app/run.sh", "run.sh", "./x"}) {
            for (const auto& found : find_copied(build, stage, path)) {
                must(!found.path.starts_with('/'), "a source is in the context");
            }
        }
    }
}

inline void keep_unit(std::string_view text) {
    auto file = read_unit_file(text, "web@x.service");
    are_told(file.problems, text);
    are_bound(file.comments, file.statements(), file.lines, text);
    for (const auto& one : file.settings) {
        is_in(one.at, text);
        is_in(one.value, text);
        must(one.section < file.sections.size(), "a setting is in a section");
        (void)unit_time_span(one.value.text());
    }
    std::vector<unit_file> files;
    files.push_back(std::move(file));
    const unit_view view("web@x.service", std::move(files));
    for (const char* setting : {"ExecStart", "ExecStop"}) {
        for (const auto& command : unit_commands(view, "Service", setting)) {
            for (const auto& word : command.words) {
                is_in(word.at, text);
            }
        }
    }
    (void)view.stop_timeout();
    (void)view.words("Unit", "After");
}

inline void keep_yaml(std::string_view text) {
    const auto file = read_yaml(text);
    are_told(file.problems, text);
    are_bound(file.comments, file.statements(), file.lines, text);
    for (const auto& document : file.documents) {
        must(!document.nodes.empty(), "a document has something in it");
        for (yaml_id id = 0; id < document.nodes.size(); ++id) {
            const auto& node = document.nodes[id];
            must(node.begin <= node.end && node.end <= text.size(), "a value is in the file");
            const yaml_ref ref(file, document, id);
            is_in(ref.where(), text);
            if (ref.is_scalar()) {
                const auto source = ref.source();
                must(source.text() == ref.node()->text, "a value is made of its bytes");
                is_in(source, text);
                (void)ref.number();
                (void)ref.boolean();
            }
            for (const auto& [key, value] : ref.entries()) {
                must(key && value, "an entry has a key and a value");
            }
        }
    }
    for (const auto& root : roots(file)) {
        (void)root.path("spec.template.spec.containers[0].lifecycle");
    }
}

inline void keep_conf(std::string_view text) {
    const auto look = [&](const conf_file& file) {
        are_told(file.problems, text);
        are_bound(file.comments, file.statements(), file.lines, text);
        for (const auto& one : file.items) {
            is_in(one.at, text);
            for (const auto& word : one.words) {
                is_in(word.at, text);
                is_in(word.text, text);
            }
            const auto* parent = file.parent(one);
            must(parent == nullptr || (parent < &one && parent->is_block),
                 "a block stands before what is in it");
        }
    };
    look(read_braces(text, brace_style::nginx));
    look(read_braces(text, brace_style::caddy));
    look(read_haproxy(text));
    look(read_properties(text));
    for (const auto style :
         {ini_style::php, ini_style::uwsgi, ini_style::supervisor, ini_style::toml}) {
        look(read_ini(text, style));
    }
}

using reader = void (*)(std::string_view);

/// By the end of a file's name.
inline reader reader_of(std::string_view name) {
    return name.ends_with(".yaml")                             ? keep_yaml
           : name.ends_with(".service")                        ? keep_unit
           : name.find("Dockerfile") != std::string_view::npos ? keep_dockerfile
                                                               : keep_conf;
}

}  // namespace lastcall::lint::promises

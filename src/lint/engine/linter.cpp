#include "lint/engine/linter.hpp"

#include <algorithm>
#include <fstream>
#include <string>

#include "lint/chain/chain_rules.hpp"
#include "lint/conf/conf_kind.hpp"
#include "lint/engine/file_kind.hpp"
#include "lint/engine/file_report.hpp"
#include "lint/engine/fix.hpp"
#include "lint/engine/walk.hpp"
#include "lint/rules/families.hpp"
#include "lint/text/read_file.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

/// Enough for a first line, and for a zero byte of what is no text.
constexpr std::size_t sniffed_bytes = 256;

file_kind kind_of(const fs::path& file) {
    const auto kind = kind_by_name(file.filename().native());
    if (kind == file_kind::none &&
        is_unit_drop_in(fs::absolute(file).parent_path().filename().native(),
                        file.filename().native())) {
        return file_kind::unit;
    }
    if (kind == file_kind::none && conf_kind_at(file) != conf_kind::none) {
        return file_kind::configuration;
    }
    if (kind != file_kind::unknown) {
        return kind;
    }
    std::ifstream from(file, std::ios::binary);
    std::string begin(sniffed_bytes, '\0');
    from.read(begin.data(), static_cast<std::streamsize>(begin.size()));
    begin.resize(static_cast<std::size_t>(from.gcount()));
    return kind_by_content(begin);
}

finding unreadable(const fs::path& file, const std::string& why,
                   const std::string& what = "it cannot be read: ") {
    file_report report(file.string(), {});
    place nowhere;
    nowhere.line = 0;
    nowhere.column = 0;
    report.add("G01", nowhere, what + why).sure = confidence::proven;
    return std::move(std::move(report).finish().front());
}

class runner {
public:
    runner(const lint_request& asked, const std::function<void(std::span<const finding>)>& each)
        : asked_(asked), each_(each) {}

    lint_summary run() {
        walk(asked_.paths, {[this](const fs::path& file) { judge(file); },
                            [this](const fs::path& file, const std::string& why) {
                                tell({unreadable(file, why)});
                            }});
        tell_chain();
        tell_stale();
        return made_;
    }

private:
    void judge(const fs::path& file) {
        ++made_.files;
        if (asked_.known != nullptr) {
            asked_.known->visit(file);
        }
        auto kind = kind_of(file);
        if (kind == file_kind::none) {
            return;
        }
        const auto read = read_file(file);
        if (!read.text) {
            tell({unreadable(file, read.why_not)});
            return;
        }
        if (is_binary(std::string_view(*read.text).substr(0, sniffed_bytes))) {
            return;
        }
        if (kind == file_kind::yaml &&
            (kind = kind_of_yaml(*read.text, file.filename().native())) == file_kind::none) {
            if (conf_kind_of(file.filename().native()) == conf_kind::none) {
                return;
            }
            kind = file_kind::configuration;
        }
        if (kind == file_kind::unit && kind_of_unit(*read.text) == file_kind::none) {
            return;
        }
        ++made_.judged;
        file_report report(file.string(), *read.text);
        const family_input input{file, *read.text, asked_.today, digests_};
        const auto first = digests_.size();
        switch (kind) {
            case file_kind::dockerfile:
                judge_dockerfile(input, report);
                break;
            case file_kind::shell:
                judge_shell_script(input, report);
                break;
            case file_kind::kubernetes:
                judge_kubernetes(input, report);
                break;
            case file_kind::compose:
                judge_compose(input, report);
                break;
            case file_kind::unit:
                judge_unit(input, report);
                break;
            case file_kind::configuration:
                judge_configuration(input, report);
                break;
            case file_kind::automation:
                judge_automation(input, report);
                break;
            case file_kind::yaml:
            case file_kind::none:
            case file_kind::unknown:
                break;
        }
        digests_.accept(first, report.accepted());
        auto found = std::move(report).finish();
        weigh(found);
        if (asked_.fixes) {
            fix(file, *read.text, found);
        }
        tell(found);
    }

    /// What the profile and the baseline make of them.
    void weigh(std::vector<finding>& found) const {
        std::erase_if(found, [&](finding& one) {
            const auto how = weight_of(*asked_.under, one.broken->id, one.how);
            one.how = how.value_or(one.how);
            return !how;
        });
        for (finding& one : found) {
            if (asked_.known != nullptr && one.accepted.empty() && asked_.known->take(one)) {
                one.is_known = true;
                one.accepted = "it is in the baseline";
            }
        }
    }

    /// What comes of all files together, by file.
    void tell_chain() {
        auto found = judge_chain(digests_, *asked_.under);
        made_.unjoined = digests_.left_out();
        weigh(found);
        for (auto begin = found.begin(); begin != found.end();) {
            const auto end = std::find_if(
                begin, found.end(), [&](const finding& one) { return one.file != begin->file; });
            tell({begin, end});
            begin = end;
        }
    }

    void tell_stale() {
        if (asked_.known == nullptr) {
            return;
        }
        const auto read = read_file(asked_.known->file());
        const std::string text = read.text.value_or(std::string());
        file_report report(asked_.known->file().string(), text);
        for (const baseline::stale_finding& one : asked_.known->stale()) {
            report
                .add("G04", one.at,
                     one.what.rule + " in " + one.what.file + " is not there any more")
                .sure = confidence::proven;
        }
        auto found = std::move(report).finish();
        weigh(found);
        tell(found);
    }

    static void fix(const fs::path& file, const std::string& text, std::vector<finding>& found) {
        const auto after = apply_edits(text, found);
        if (after == text) {
            return;
        }
        if (const auto why = rewrite_file(file, text, after); !why.empty()) {
            for (finding& one : found) {
                one.is_fixed = false;
            }
            found.push_back(unreadable(file, why, "it cannot be mended: "));
        }
    }

    void tell(const std::vector<finding>& found) {
        for (const finding& one : found) {
            made_.count(one);
        }
        if (!found.empty()) {
            each_(found);
        }
    }

    const lint_request& asked_;
    const std::function<void(std::span<const finding>)>& each_;
    lint_summary made_;
    digest_store digests_;
};

}  // namespace

void lint_summary::count(const finding& one) {
    if (!one.accepted.empty()) {
        ++(one.is_known ? known : accepted);
        return;
    }
    if (one.is_fixed) {
        ++fixed;
        return;
    }
    errors += one.how == severity::error ? 1U : 0U;
    warnings += one.how == severity::warning ? 1U : 0U;
    notes += one.how == severity::note ? 1U : 0U;
    unreadable += one.broken->id == "G01" ? 1U : 0U;
}

lint_summary lint(const lint_request& asked,
                  const std::function<void(std::span<const finding>)>& each) {
    return runner(asked, each).run();
}

}  // namespace lastcall::lint

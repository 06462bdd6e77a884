// lastcall lint
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <memory>

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/lint_text.hpp"
#include "cli/nearest.hpp"
#include "lint/engine/linter.hpp"
#include "lint/report/report_writer.hpp"

namespace lastcall::cli {
namespace {

class text_writer : public lint::report_writer {
public:
    std::string begin() override { return {}; }

    std::string file(std::span<const lint::finding> found) override {
        std::string made;
        for (const lint::finding& one : found) {
            made += one.accepted.empty() ? finding_text(one, on_) + "\n" : std::string();
        }
        return made;
    }

    std::string end(const lint::lint_summary&) override { return {}; }

private:
    screen on_ = screen_of(1);
};

std::unique_ptr<lint::report_writer> make_text_writer() { return std::make_unique<text_writer>(); }

using writer_maker = std::unique_ptr<lint::report_writer> (*)();

const std::map<std::string, writer_maker>& formats() {
    static const std::map<std::string, writer_maker> all{
        {"text", make_text_writer},           {"json", lint::make_json_writer},
        {"sarif", lint::make_sarif_writer},   {"junit", lint::make_junit_writer},
        {"github", lint::make_github_writer},
    };
    return all;
}

std::string unknown_format(const std::string& given) {
    std::vector<std::string> names;
    std::string list;
    for (const auto& [name, maker] : formats()) {
        names.push_back(name);
        list += (list.empty() ? "" : ", ") + name;
    }
    const auto meant = nearest(given, names);
    return "--format: \"" + given + "\" is none of " + list +
           (meant.empty() ? "" : "; did you mean " + meant + "?");
}

std::string unknown_profile(const std::string& given) {
    std::vector<std::string> names;
    std::string list;
    for (const lint::profile& one : lint::profiles()) {
        names.emplace_back(one.name);
        list += (list.empty() ? "" : ", ") + names.back();
    }
    const auto meant = nearest(given, names);
    return "--profile: \"" + given + "\" is none of " + list +
           (meant.empty() ? "" : "; did you mean " + meant + "?");
}

std::chrono::year_month_day today() {
    return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
}

/// Writes what is found, but for files that cannot be read, into a baseline.
int write_baseline(const lint::lint_request& asked, const std::string& file) {
    lint::baseline made(file);
    const auto summary = lint::lint(asked, [&](std::span<const lint::finding> found) {
        for (const lint::finding& one : found) {
            if (one.accepted.empty() && !one.is_fixed && one.broken->id != "G01") {
                made.add(one);
            }
        }
    });
    std::fprintf(stderr, "%s\n", lint::summary_text(summary).c_str());
    std::ofstream to(file, std::ios::binary | std::ios::trunc);
    to << made.text();
    to.close();
    if (!to) {
        std::fprintf(stderr, "lastcall lint: the baseline %s could not be written\n", file.c_str());
        return status_failed;
    }
    std::fprintf(stderr, "%zu written to %s\n", made.size(), file.c_str());
    return summary.unreadable > 0 ? status_inconclusive : status_ok;
}

int run(const lint::lint_request& asked, lint::report_writer& writer) {
    const auto print = [](const std::string& text) { std::fputs(text.c_str(), stdout); };
    print(writer.begin());
    const auto summary =
        lint::lint(asked, [&](std::span<const lint::finding> found) { print(writer.file(found)); });
    print(writer.end(summary));
    std::fprintf(stderr, "%s\n", lint::summary_text(summary).c_str());
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
        std::fputs("lastcall lint: the report could not be written to standard output\n", stderr);
        return status_failed;
    }
    return summary.has_findings()   ? status_found
           : summary.unreadable > 0 ? status_inconclusive
                                    : status_ok;
}

}  // namespace

int run_lint_command(std::span<char* const> arguments) {
    command_line line("lint", "what in these files will make a stop lose something",
                      {"PATH... [OPTION...]"});
    std::vector<std::string> paths;
    std::string format = "text";
    line.words("a file or a folder to look at", paths);
    bool fixes = false;
    line.flag("--fix", "mend what needs no decision, and nothing else", fixes);
    line.text("--format", "FORMAT", "text, json, sarif, junit or github [text]", format);
    std::string known;
    std::string to_write;
    std::string profile = std::string(lint::usual_profile().name);
    line.text("--baseline", "FILE", "what is in it is known: only the rest counts", known);
    line.text("--write-baseline", "FILE", "write what is found to it, and report nothing",
              to_write);
    line.text("--profile", "NAME",
              "usual, strict, or the platform that runs it: docker, kubernetes,\n"
              "ecs, nomad, fly, heroku [usual]",
              profile);
    line.epilogue(
        "Looks at Dockerfiles with the scripts that they start, at shell scripts, Kubernetes\n"
        "manifests, compose files with their overrides, systemd units with their drop-ins, and\n"
        "configurations of programs (nginx, supervisord, ...). Folders are searched, without\n"
        ".git, node_modules and what symbolic links lead to.\n"
        "A comment accepts a finding: # lastcall: ignore=D01 reason=WHY until=2026-12-31\n"
        "`lastcall explain RULE` tells more of a rule. docs/lint.md\n\n"
        "  lastcall lint .\n"
        "  lastcall lint Dockerfile deploy/ --format sarif > lint.sarif\n"
        "  lastcall lint . --write-baseline lint.json\n"
        "  lastcall lint . --baseline lint.json\n\n"
        "Exit status: 0 nothing found, or notes and what was fixed; 2 usage; 3 findings;\n"
        "4 something could not be read, and there is no other finding.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    const auto maker = formats().find(format);
    if (maker == formats().end()) {
        return line.refuse(unknown_format(format));
    }
    lint::lint_request asked;
    asked.paths.assign(paths.begin(), paths.end());
    asked.today = today();
    asked.fixes = fixes;
    asked.under = lint::find_profile(profile);
    if (asked.under == nullptr) {
        return line.refuse(unknown_profile(profile));
    }
    if (!known.empty() && !to_write.empty()) {
        return line.refuse("--baseline and --write-baseline: one of them");
    }
    if (!to_write.empty()) {
        return write_baseline(asked, to_write);
    }
    lint::baseline before(known);
    if (!known.empty()) {
        if (const auto why = before.read(); !why.empty()) {
            return line.refuse("--baseline " + known + ": " + why);
        }
        asked.known = &before;
    }
    const auto writer = maker->second();
    return run(asked, *writer);
}

}  // namespace lastcall::cli

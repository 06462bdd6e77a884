#include "cli/drill_output.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>

#include "drill/report/reports.hpp"
#include "drill/verdict/suggest.hpp"
#include "sys/output.hpp"
#include "sys/process/screen_size.hpp"

namespace lastcall::cli {
namespace {

constexpr int out = 1;
constexpr int err = 2;

drill::settings_source source_of(const drill::settings& chosen) {
    return {chosen.source.string(), chosen.source_lines};
}

}  // namespace

void add_output_options(CLI::App& app, drill::settings& into) {
    constexpr auto group = "What is written (\"-\" is standard output)";
    const auto file = [&](const char* name, const char* help, std::filesystem::path& path) {
        app.add_option_function<std::string>(
               name, [&path](const std::string& given) { path = given; }, help)
            ->type_name("FILE")
            ->group(group);
    };
    file("--html", "the report as one page", into.files.html);
    file("--json", "the report for programs", into.files.json);
    file("--markdown", "a summary for a pull request", into.files.markdown);
    file("--junit", "a test suite", into.files.junit);
    file("--sarif", "findings at the lines of the contract file", into.files.sarif);
    app.add_flag("--suggest", into.suggest,
                 "print the numbers to put into the manifest, unit or code")
        ->group(group);
}

void check_outputs(const drill::output_files& files) {
    int to_stdout = 0;
    for (const auto* const file :
         {&files.json, &files.junit, &files.sarif, &files.markdown, &files.html, &files.events}) {
        if (file->empty()) {
            continue;
        }
        if (*file == "-") {
            ++to_stdout;
            continue;
        }
        if (const auto why = sys::why_not_writable(file->string()); !why.empty()) {
            throw drill::settings_error(file->string() +
                                        ": a report cannot be written there: " + why);
        }
    }
    if (to_stdout > 1) {
        throw drill::settings_error("\"-\" is for one report only; give the others a file");
    }
}

bool write_reports(const drill::run_record& run, const drill::verdict& made,
                   const drill::settings& chosen) {
    bool all_written = true;
    bool data_on_stdout = false;
    const auto write = [&](const std::filesystem::path& path, const auto& make) {
        if (path.empty()) {
            return;
        }
        if (path == "-") {
            std::cout << make() << std::flush;
            data_on_stdout = true;
            return;
        }
        try {
            sys::replace_file(path.string(), make());
        } catch (const std::system_error& e) {
            std::cerr << "lastcall drill: " << e.what() << "\n";
            all_written = false;
        }
    };
    write(chosen.files.json, [&] { return drill::to_json(run, made); });
    write(chosen.files.junit, [&] { return drill::to_junit(run, made); });
    write(chosen.files.sarif, [&] { return drill::to_sarif(run, made, source_of(chosen)); });
    write(chosen.files.markdown, [&] { return drill::to_markdown(run, made); });
    write(chosen.files.html, [&] { return drill::to_html(run, made); });
    const int fd = data_on_stdout ? err : out;
    auto& picture = data_on_stdout ? std::cerr : std::cout;
    picture << drill::to_terminal(run, made, {has_colour(fd), columns_of(fd)});
    if (chosen.suggest) {
        picture << "\n" << drill::to_text(drill::suggest(run));
    }
    if (all_written && !chosen.files.html.empty() && chosen.files.html != "-") {
        picture << "\nreport: " << std::filesystem::absolute(chosen.files.html).string() << "\n";
    }
    return all_written;
}

bool has_colour(int fd) {
    const char* const refused = std::getenv("NO_COLOR");
    return sys::is_terminal(fd) && (refused == nullptr || *refused == '\0');
}

int columns_of(int fd) {
    const int columns = sys::terminal_columns(fd);
    return columns == 0 ? 100 : std::clamp(columns, 60, 200);
}

}  // namespace lastcall::cli

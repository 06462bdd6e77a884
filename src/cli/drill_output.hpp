// What a drill leaves: the closing picture, and the files that were asked for.
#pragma once

#include "drill/contract/settings.hpp"
#include "drill/verdict/verdict.hpp"

namespace CLI {
class App;
}

namespace lastcall::cli {

/// --html, --json, --markdown, --junit, --sarif, --suggest.
void add_output_options(CLI::App& app, drill::settings& into);

/// Before anything is started: can the reports be written where they are wanted?
/// Errors: drill::settings_error (no such folder, not writable, two reports to "-").
void check_outputs(const drill::output_files& files);

/// Writes the files, then the closing picture to standard output; where a report goes to
/// standard output itself ("-"), the picture goes to standard error.
/// Returns: false when a file could not be written; it was said.
[[nodiscard]] bool write_reports(const drill::run_record& run, const drill::verdict& made,
                                 const drill::settings& chosen);

/// Colour and width of a stream: only a terminal has colour, and not with NO_COLOR.
[[nodiscard]] bool has_colour(int fd);
[[nodiscard]] int columns_of(int fd);

}  // namespace lastcall::cli

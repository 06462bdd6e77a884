// Readers of the configuration files of programs, as small as what is looked for in them allows.
// None of them fails: what is not understood is a problem, and the rest is read. Of garbage at
// most 100,000 items are. `text` has to outlive the comments of what is returned.
#pragma once

#include <string>
#include <string_view>

#include "lint/conf/conf_file.hpp"

namespace lastcall::lint {

enum class brace_style {
    nginx,  ///< name word ... ; and name word ... { }
    caddy,  ///< a line is an item; { at its end opens a block
};
[[nodiscard]] conf_file read_braces(std::string_view text, brace_style style);

/// haproxy.cfg: sections (global, defaults NAME, frontend NAME...) and lines of words.
[[nodiscard]] conf_file read_haproxy(std::string_view text);

enum class ini_style {
    php,         ///< php-fpm: ; comments, also behind a value; quotes
    uwsgi,       ///< ; and # comments on lines of their own
    supervisor,  ///< of Python: = or :, " ;" comments, values that go on on indented lines
    toml,        ///< [a.b] tables, strings; a value over several lines is one text
};
/// Sections are blocks; what stands before the first one has no parent.
[[nodiscard]] conf_file read_ini(std::string_view text, ini_style style);

/// Java's: NAME=VALUE, NAME: VALUE, # and ! comments, a backslash at the end goes on.
[[nodiscard]] conf_file read_properties(std::string_view text);

enum class script_style {
    python,    ///< NAME = VALUE
    ruby,      ///< NAME VALUE, NAME(VALUE)
    procfile,  ///< NAME: COMMAND
};
/// A program that is a list of settings. Those that are indented have no words: whether they hold
/// is for the program to say.
[[nodiscard]] conf_file read_script_conf(std::string_view text, script_style style);

/// A job of Nomad: read_braces of its text, without the comments and the texts (<<EOF) in it.
/// `masked`  where that is kept; has to outlive what is returned
[[nodiscard]] conf_file read_hcl(std::string_view text, std::string& masked);

}  // namespace lastcall::lint

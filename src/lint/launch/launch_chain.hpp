// From what a platform starts to the program that does the work: `tini -- /start.sh server` is
// tini, then a script of a shell, then what the script runs.
//
// The same for an image, a container of a manifest and a unit. What depends on a value that nobody
// here knows ends the chain.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lint/launch/loaded_script.hpp"
#include "lint/launch/script_end.hpp"
#include "lint/shell/invocation.hpp"

namespace lastcall::lint {

/// A word of a command line, and where it is from.
struct launch_word {
    shell::argument what;
    std::optional<mapped_text> written;       ///< in the file that the chain begins in, or:
    std::shared_ptr<const loaded_script> in;  ///< in this script, at what.where
};

/// One program, with the commands in front of it that replace themselves with it.
struct launch_hop {
    std::vector<launch_word> words;
    shell::invocation call;  ///< indices are those of `words`
    /// What it is a shell for; null: it is none, or its script was not found.
    std::shared_ptr<const loaded_script> script;
    bool is_inline = false;  ///< the script is the word behind -c
    std::vector<script_end> ends;

    /// The words behind its script, or behind the program: what "$@" stands for in the script.
    [[nodiscard]] std::vector<launch_word> parameters() const;
    /// The program and its arguments as they are written, blanks between them.
    [[nodiscard]] std::string text() const;
    /// The program's name is a shell's.
    [[nodiscard]] bool is_shell() const;
};

struct launch_chain {
    std::vector<launch_hop> hops;
    bool is_whole = false;  ///< the last hop is the program that does the work

    /// The last hop when it is known to be the program; null otherwise.
    [[nodiscard]] const launch_hop* program() const {
        return is_whole && !hops.empty() ? &hops.back() : nullptr;
    }
};

/// Finds a script by its path where the chain runs. Null: it is none, or it is not at hand.
using script_finder = std::function<std::shared_ptr<const loaded_script>(const std::string& path)>;

/// `words`  of a file whose lines are `lines`, shown as `file`
[[nodiscard]] launch_chain follow_launch(const std::vector<mapped_text>& words,
                                         const std::string& file,
                                         const std::shared_ptr<const line_index>& lines,
                                         const script_finder& find);

/// The same for words of which not all are known.
[[nodiscard]] launch_chain follow_launch(std::vector<launch_word> words, const std::string& file,
                                         const std::shared_ptr<const line_index>& lines,
                                         const script_finder& find);

/// A word as the file has it. One that is not known may stand for any number of words.
[[nodiscard]] launch_word written_word(const mapped_text& text, bool is_known = true);

/// Whether what is put in at `offset` of the file, which lies within the word, stays part of that
/// word, blanks and all: the word is in quotes up to there.
[[nodiscard]] bool is_quoted_until(std::size_t offset, const mapped_text& word,
                                   std::string_view file);

/// An init in front that passes a signal on to all that is below it: dumb-init, tini -g.
[[nodiscard]] bool has_group_init(const launch_hop& hop);
/// Any init in front: tini, dumb-init, catatonit, lastcall-init.
[[nodiscard]] const shell::wrapper* find_init(const launch_hop& hop);

}  // namespace lastcall::lint

// The configuration of a program as a list of what it says, whatever its syntax: sections and
// blocks, and in them names with their values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lint/text/line_index.hpp"
#include "lint/text/mapped_text.hpp"
#include "lint/text/problem.hpp"
#include "lint/text/suppression.hpp"

namespace lastcall::lint {

struct conf_word {
    mapped_text text;  ///< without quotes and escapes
    place at;
    bool is_quoted = false;
};

struct conf_item {
    static constexpr std::uint32_t no_parent = 0xFFFFFFFF;

    std::string name;              ///< "worker_shutdown_timeout"; of a section its name
    place at;                      ///< of the name
    std::vector<conf_word> words;  ///< what follows it; of NAME=VALUE the value
    bool is_block = false;         ///< others may stand in it
    std::uint32_t parent = no_parent;
    statement_lines lines;  ///< of a block, with all that is in it

    /// The first word; empty where there is none.
    [[nodiscard]] std::string_view value() const {
        return words.empty() ? std::string_view() : std::string_view(words[0].text.text());
    }
};

struct conf_file {
    line_index lines{""};
    std::vector<conf_item> items;  ///< in the order of the file; a block before what is in it
    std::vector<comment> comments;
    std::vector<problem> problems;

    /// All items of that name, in whatever they are.
    [[nodiscard]] std::vector<const conf_item*> all(std::string_view name) const;
    /// Those directly in `block`; of the file itself for null.
    [[nodiscard]] std::vector<const conf_item*> in(const conf_item* block,
                                                   std::string_view name) const;
    /// The last of them, which is what holds in most programs; null: there is none.
    [[nodiscard]] const conf_item* last_in(const conf_item* block, std::string_view name) const;
    [[nodiscard]] const conf_item* parent(const conf_item& of) const;
    /// Whether `of` is in a block of that name, however deep.
    [[nodiscard]] bool is_within(const conf_item& of, std::string_view block_name) const;

    [[nodiscard]] std::vector<statement_lines> statements() const;
};

}  // namespace lastcall::lint

// A YAML file as a tree in which every value has its place.
//
// On yaml-cpp's events, not on its nodes: those lose places, and take hours for some texts. What
// yaml-cpp 0.7 leaves out is done here: merge keys (<<), keys that come twice, the types of
// YAML 1.1, several documents of which one is broken, and {{ actions }} (template_mask.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lint/text/line_index.hpp"
#include "lint/text/problem.hpp"
#include "lint/text/suppression.hpp"

namespace lastcall::lint {

enum class yaml_kind : std::uint8_t { null, scalar, sequence, map, alias };

using yaml_id = std::uint32_t;  ///< index in yaml_document::nodes

struct yaml_entry {
    yaml_id key = 0;
    yaml_id value = 0;
    bool is_merged = false;  ///< it came by <<
};

struct yaml_node {
    yaml_kind kind = yaml_kind::null;
    bool is_quoted = false;      ///< a scalar that is a text whatever it looks like
    bool is_unknown = false;     ///< an action is (a part of) it, or a template has it twice
    bool may_have_more = false;  ///< an action puts something into it
    yaml_id target = 0;          ///< of an alias
    std::size_t begin = 0;       ///< of a scalar: its first byte, or its quote, or its | or >
    std::size_t end = 0;
    std::string text;  ///< of a scalar
    std::string tag;   ///< "!Ref"; empty: none
    std::vector<yaml_id> items;
    std::vector<yaml_entry> entries;  ///< in their order; those of << last
};

/// The first node is the root; there is one, if only a null.
struct yaml_document {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::vector<yaml_node> nodes;
    bool is_whole = true;  ///< all of it could be read
};

struct yaml_file {
    std::string_view text;
    line_index lines{""};
    std::vector<yaml_document> documents;  ///< those that have something in them
    std::vector<comment> comments;
    std::vector<problem> problems;
    bool is_template = false;
    /// Of a template: what an if, a with or a range decides about.
    std::vector<std::pair<std::size_t, std::size_t>> conditional;

    /// Of every key with its value and every item of a sequence.
    [[nodiscard]] std::vector<statement_lines> statements() const;
    [[nodiscard]] bool is_conditional(std::size_t offset) const;
};

/// What {{ }} is.
enum class yaml_braces : std::uint8_t {
    are_actions,  ///< a template's, which make YAML when it is rendered
    are_text,     ///< a part of values: of playbooks and workflows, which are YAML themselves
};

/// `text`  has to outlive what is returned.
/// Of garbage at most 300,000 values are read.
[[nodiscard]] yaml_file read_yaml(std::string_view text,
                                  yaml_braces braces = yaml_braces::are_actions);

}  // namespace lastcall::lint

#include "lint/yaml/yaml_builder.hpp"

#include <algorithm>

#include "lint/text/mapped_text.hpp"
#include "lint/yaml/template_mask.hpp"
#include "lint/yaml/yaml_scalar.hpp"

namespace lastcall::lint {
namespace {

constexpr std::size_t node_limit = 300'000;
constexpr std::size_t merge_limit = 300'000;

}  // namespace

yaml_builder::yaml_builder(yaml_state& shared, std::size_t begin, std::size_t end)
    : shared_(shared) {
    made_.begin = begin;
    made_.end = end;
}

yaml_document yaml_builder::finish(bool is_whole) {
    made_.is_whole = is_whole;
    touch(made_.end);
    while (!open_.empty()) {
        if (!is_whole) {
            abandon_key();
        }
        close();
    }
    settle(made_.end);
    return std::move(made_);
}

void yaml_builder::OnNull(const YAML::Mark& at, YAML::anchor_t anchor) {
    const auto id = add(at, yaml_kind::null, anchor);
    // yaml-cpp gives the place of what comes next.
    auto& node = made_.nodes[id];
    node.begin = std::min(node.begin, std::max(last_end_, made_.begin));
    node.end = node.begin;
    extents_.emplace_back(id, node.begin);
}

void yaml_builder::OnAlias(const YAML::Mark& at, YAML::anchor_t anchor) {
    const auto found = anchors_.find(anchor);
    const bool is_open = found == anchors_.end() || is_being_built(found->second);
    const auto id = add(at, is_open ? yaml_kind::null : yaml_kind::alias, 0);
    auto& node = made_.nodes[id];
    node.end = std::min(shared_.text.find_first_of(" \t\r\n,]}", node.begin), made_.end);
    last_end_ = node.end;
    if (is_open) {
        shared_.note(node.begin, node.end - node.begin,
                     "this alias is part of what it stands for; it is taken as nothing");
    } else {
        node.target = found->second;
    }
}

void yaml_builder::OnScalar(const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor,
                            const std::string& value) {
    const auto id = add(at, yaml_kind::scalar, anchor);
    auto& node = made_.nodes[id];
    node.is_quoted = tag == "!";
    if (tag != "!" && tag != "?") {
        node.tag = tag;
        const char first = node.begin < shared_.text.size() ? shared_.text[node.begin] : ' ';
        node.is_quoted = first == '"' || first == '\'' || first == '|' || first == '>';
    }
    node.text = value;
    node.is_unknown = shared_.file.is_template && value.find(unknown_byte) != std::string::npos;
    node.end = node.begin;
    scalar_ = id;
    scalar_indent_ = indent_;
}

void yaml_builder::OnSequenceStart(const YAML::Mark& at, const std::string& tag,
                                   YAML::anchor_t anchor, YAML::EmitterStyle::value /*style*/) {
    open(add(at, yaml_kind::sequence, anchor), tag);
}

void yaml_builder::OnMapStart(const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor,
                              YAML::EmitterStyle::value /*style*/) {
    open(add(at, yaml_kind::map, anchor), tag);
}

yaml_id yaml_builder::add(const YAML::Mark& at, yaml_kind kind, YAML::anchor_t anchor) {
    std::size_t offset = made_.begin + static_cast<std::size_t>(std::max(at.pos, 0));
    offset = std::min(offset, made_.end);
    touch(offset);
    if (++shared_.nodes > node_limit) {
        throw too_many_values();
    }
    const auto id = static_cast<yaml_id>(made_.nodes.size());
    auto& node = made_.nodes.emplace_back();
    node.kind = kind;
    node.begin = behind_properties(offset);
    node.end = node.begin;
    if (anchor != 0) {
        anchors_[anchor] = id;
    }
    place_in_parent(id);
    return id;
}

std::size_t yaml_builder::behind_properties(std::size_t at) const {
    const auto text = shared_.text.substr(0, made_.end);
    while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
        auto next = std::min(text.find_first_of(" \t\r\n", at), text.size());
        while (next < text.size() && is_blank(text[next])) {
            ++next;
        }
        at = next;
    }
    return at;
}

void yaml_builder::place_in_parent(yaml_id id) {
    if (open_.empty()) {
        return;
    }
    frame& top = open_.back();
    auto& parent = made_.nodes[top.id];
    if (parent.kind == yaml_kind::sequence) {
        parent.items.push_back(id);
    } else if (top.has_key) {
        parent.entries.push_back({top.key, id, false});
        top.has_key = false;
    } else {
        if (parent.entries.empty()) {
            top.indent = column_of(made_.nodes[id].begin);
            indent_ = top.indent;
        }
        top.key = id;
        top.has_key = true;
    }
}

std::size_t yaml_builder::column_of(std::size_t offset) const {
    return shared_.file.lines.at(offset).column - 1;
}

void yaml_builder::open(yaml_id id, const std::string& tag) {
    auto& node = made_.nodes[id];
    if (tag != "?" && tag != "!") {
        node.tag = tag;
    }
    indent_ = column_of(node.begin);
    open_.push_back({id, false, 0, indent_, std::max(last_end_, made_.begin)});
}

void yaml_builder::close() {
    if (open_.empty()) {
        return;
    }
    const yaml_id id = open_.back().id;
    if (scalar_) {
        closing_.push_back(id);  // its end is known when that of its last scalar is
    } else {
        end_container(id);
    }
    extents_.emplace_back(id, open_.back().from);
    open_.pop_back();
    indent_ = open_.empty() ? 0 : open_.back().indent;
    if (made_.nodes[id].kind == yaml_kind::map) {
        check_keys(id);
    }
}

void yaml_builder::end_container(yaml_id id) {
    auto& node = made_.nodes[id];
    node.end = std::max(node.end, last_end_);
    const char first = node.begin < shared_.text.size() ? shared_.text[node.begin] : ' ';
    if (first == '{' || first == '[') {
        node.end = std::max(node.end, node.begin + 1);
    }
}

void yaml_builder::abandon_key() {
    frame& top = open_.back();
    if (top.has_key) {
        top.has_key = false;
        const auto key = top.key;
        const auto id = static_cast<yaml_id>(made_.nodes.size());
        auto& node = made_.nodes.emplace_back();
        node.begin = made_.nodes[key].end;
        node.end = node.begin;
        node.is_unknown = true;
        made_.nodes[top.id].entries.push_back({key, id, false});
    }
}

bool yaml_builder::is_being_built(yaml_id id) const {
    return std::any_of(open_.begin(), open_.end(), [&](const frame& one) { return one.id == id; });
}

void yaml_builder::touch(std::size_t offset) {
    if (scalar_) {
        end_scalar(*scalar_, offset);
        scalar_.reset();
    }
    for (const yaml_id id : closing_) {
        end_container(id);
    }
    closing_.clear();
    settle(offset);
}

void yaml_builder::end_scalar(yaml_id id, std::size_t limit) {
    auto& node = made_.nodes[id];
    const auto text = shared_.text.substr(0, made_.end);
    const auto end = node.is_quoted ? end_of_scalar(text, node.begin, limit, scalar_indent_)
                                    : std::string_view::npos;
    if (end != std::string_view::npos) {
        const char first = text[node.begin];
        const bool is_block = first == '|' || first == '>';
        const auto body = is_block ? std::min(text.find('\n', node.begin), end) : node.begin;
        shared_.opaque.emplace_back(body, end);
        node.end = end;
    } else if (text.substr(node.begin, node.text.size()) == node.text) {
        node.end = node.begin + node.text.size();
    } else if (const auto mapped = map_scalar(text, node.begin, limit, 0, node.text)) {
        node.end = mapped->end;
    }
    last_end_ = node.end;
}

void yaml_builder::settle(std::size_t offset) {
    for (const auto& [id, from] : extents_) {
        auto& node = made_.nodes[id];
        const auto first =
            std::lower_bound(shared_.unknown_lines.begin(), shared_.unknown_lines.end(), from);
        node.may_have_more =
            node.may_have_more || (first != shared_.unknown_lines.end() && *first < offset);
        if (node.kind == yaml_kind::null) {
            node.is_unknown = node.is_unknown || node.may_have_more;
        }
    }
    extents_.clear();
}

void yaml_builder::check_keys(yaml_id id) {
    std::unordered_map<std::string_view, std::size_t> seen;
    std::vector<std::size_t> merges;
    const std::size_t count = made_.nodes[id].entries.size();
    for (std::size_t i = 0; i < count; ++i) {
        const auto& entry = made_.nodes[id].entries[i];
        const auto& key = made_.nodes[entry.key];
        if (key.kind != yaml_kind::scalar) {
            continue;
        }
        if (key.is_unknown) {
            made_.nodes[id].may_have_more = true;
        } else if (key.text == "<<" && !key.is_quoted) {
            merges.push_back(i);
        } else if (const auto [first, is_new] = seen.emplace(key.text, i); !is_new) {
            twice(id, first->second, i);
        }
    }
    for (const std::size_t i : merges) {
        merge(id, made_.nodes[id].entries[i].value, seen);
    }
}

void yaml_builder::twice(yaml_id map, std::size_t first, std::size_t second) {
    auto& entries = made_.nodes[map].entries;
    const auto& key = made_.nodes[entries[second].key];
    if (shared_.file.is_template) {
        made_.nodes[entries[first].value].is_unknown = true;  // an if decides
        return;
    }
    const auto line = shared_.file.lines.at(made_.nodes[entries[first].key].begin).line;
    shared_.note(key.begin, key.text.size(),
                 "the key is here a second time; the value of line " + std::to_string(line) +
                     " is taken, which other readers take differently");
}

void yaml_builder::merge(yaml_id into, yaml_id from,
                         std::unordered_map<std::string_view, std::size_t>& seen) {
    std::vector<yaml_id> maps{resolved(from)};
    if (made_.nodes[maps[0]].kind == yaml_kind::sequence) {
        maps = made_.nodes[maps[0]].items;
    }
    for (yaml_id map : maps) {
        map = resolved(map);
        if (made_.nodes[map].kind != yaml_kind::map || map == into) {
            const auto& node = made_.nodes[from];
            shared_.note(node.begin, node.end - node.begin, "<< wants a map, or a list of maps");
            return;
        }
        for (std::size_t i = 0; i < made_.nodes[map].entries.size(); ++i) {
            if (++shared_.merges > merge_limit) {
                throw too_many_values();
            }
            const auto entry = made_.nodes[map].entries[i];
            const auto& key = made_.nodes[entry.key];
            if (key.kind == yaml_kind::scalar && key.text != "<<" &&
                seen.emplace(key.text, 0).second) {
                made_.nodes[into].entries.push_back({entry.key, entry.value, true});
            }
        }
    }
}

yaml_id yaml_builder::resolved(yaml_id id) const {
    return made_.nodes[id].kind == yaml_kind::alias ? made_.nodes[id].target : id;
}

}  // namespace lastcall::lint

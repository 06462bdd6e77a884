#include "lint/yaml/yaml_ref.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "lint/yaml/yaml_scalar.hpp"

namespace lastcall::lint {
namespace {

std::optional<std::int64_t> digits_of(std::string_view text, int base) {
    std::string plain;
    for (const char c : text) {
        if (c != '_') {
            plain += c;
        }
    }
    std::int64_t value = 0;
    const auto* end = plain.data() + plain.size();
    const auto read = std::from_chars(plain.data(), end, value, base);
    return plain.empty() || plain.front() == '-' || read.ec != std::errc() || read.ptr != end
               ? std::nullopt
               : std::optional(value);
}

}  // namespace

yaml_ref::yaml_ref(const yaml_file& file, const yaml_document& document, yaml_id id)
    : file_(&file), document_(&document) {
    if (id < document.nodes.size()) {
        used_ = &document.nodes[id];
        node_ = used_->kind == yaml_kind::alias ? &document.nodes[used_->target] : used_;
    }
}

bool yaml_ref::is_conditional() const {
    return node_ != nullptr && file_->is_conditional(used_->begin);
}

yaml_ref yaml_ref::get(std::string_view key) const {
    if (is_map()) {
        for (const yaml_entry& one : node_->entries) {
            const auto& name = document_->nodes[one.key];
            if (name.kind == yaml_kind::scalar && name.text == key) {
                return {*file_, *document_, one.value};
            }
        }
    }
    return {};
}

yaml_ref yaml_ref::key(std::string_view key) const {
    if (is_map()) {
        for (const yaml_entry& one : node_->entries) {
            const auto& name = document_->nodes[one.key];
            if (name.kind == yaml_kind::scalar && name.text == key) {
                return {*file_, *document_, one.key};
            }
        }
    }
    return {};
}

yaml_ref yaml_ref::at(std::size_t index) const {
    return is_sequence() && index < node_->items.size()
               ? yaml_ref(*file_, *document_, node_->items[index])
               : yaml_ref();
}

yaml_ref yaml_ref::path(std::string_view path) const {
    yaml_ref now = *this;
    while (!path.empty() && now) {
        if (path.front() == '[') {
            const auto end = std::min(path.find(']'), path.size());
            const auto index = digits_of(path.substr(1, end - 1), 10);
            now = index ? now.at(static_cast<std::size_t>(*index)) : yaml_ref();
            path.remove_prefix(std::min(end + 1, path.size()));
        } else {
            const auto end = std::min(path.find_first_of(".["), path.size());
            now = now.get(path.substr(0, end));
            path.remove_prefix(end);
        }
        if (path.starts_with('.')) {
            path.remove_prefix(1);
        }
    }
    return now;
}

std::vector<yaml_ref> yaml_ref::items() const {
    std::vector<yaml_ref> made;
    if (is_sequence()) {
        for (const yaml_id id : node_->items) {
            made.emplace_back(*file_, *document_, id);
        }
    }
    return made;
}

std::vector<std::pair<yaml_ref, yaml_ref>> yaml_ref::entries() const {
    std::vector<std::pair<yaml_ref, yaml_ref>> made;
    if (is_map()) {
        for (const yaml_entry& one : node_->entries) {
            made.emplace_back(yaml_ref(*file_, *document_, one.key),
                              yaml_ref(*file_, *document_, one.value));
        }
    }
    return made;
}

std::optional<std::string_view> yaml_ref::text() const {
    return is_scalar() && !node_->is_unknown ? std::optional<std::string_view>(node_->text)
                                             : std::nullopt;
}

std::optional<bool> yaml_ref::boolean() const {
    static constexpr std::array<std::string_view, 4> yes{"true", "yes", "on", "y"};
    static constexpr std::array<std::string_view, 4> no{"false", "no", "off", "n"};
    const auto value = text();
    if (!value || node_->is_quoted || value->size() > 5) {
        return std::nullopt;
    }
    const auto small = lower(*value);
    for (std::size_t i = 0; i < yes.size(); ++i) {
        if (small == yes[i] || small == no[i]) {
            return small == yes[i];
        }
    }
    return std::nullopt;
}

std::optional<std::int64_t> yaml_ref::integer() const {
    const auto value = text();
    if (!value || node_->is_quoted || value->size() > 64) {
        return std::nullopt;
    }
    auto rest = *value;
    const bool is_negative = rest.starts_with('-');
    if (rest.starts_with('-') || rest.starts_with('+')) {
        rest.remove_prefix(1);
    }
    int base = 10;
    if (rest.size() > 1 && rest[0] == '0') {
        const char kind = rest[1];
        base = kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
        rest.remove_prefix(kind == 'x' || kind == 'b' || kind == 'o' ? 2 : 1);
    }
    if (rest.starts_with('_')) {
        return std::nullopt;
    }
    const auto found = digits_of(rest, base);
    return found && is_negative ? std::optional(-*found) : found;
}

std::optional<double> yaml_ref::number() const {
    if (const auto whole = integer()) {
        return static_cast<double>(*whole);
    }
    const auto value = text();
    if (!value || node_->is_quoted || value->empty()) {
        return std::nullopt;
    }
    double made = 0;
    const auto* end = value->data() + value->size();
    const auto read = std::from_chars(value->data(), end, made);
    const char first = value->front();
    const bool is_number = first == '-' || first == '.' || (first >= '0' && first <= '9');
    return is_number && read.ec == std::errc() && read.ptr == end ? std::optional(made)
                                                                  : std::nullopt;
}

mapped_text yaml_ref::source() const {
    if (!is_scalar()) {
        return {};
    }
    const auto indent = [&] {
        // The column of the key, or of the dash where nothing else stands before the block.
        const auto at = file_->lines.at(node_->begin);
        std::size_t column = 0;
        std::size_t dash = 0;
        const auto line = node_->begin - (at.column - 1);
        while (line + column < node_->begin &&
               (file_->text[line + column] == ' ' ||
                (file_->text[line + column] == '-' && file_->text[line + column + 1] == ' '))) {
            dash = file_->text[line + column] == '-' ? column : dash;
            ++column;
        }
        return line + column == node_->begin ? dash : column;
    };
    if (!node_->is_unknown) {
        if (auto found = map_scalar(file_->text, node_->begin, std::max(node_->end, node_->begin),
                                    indent(), node_->text)) {
            return std::move(found->text);
        }
    }
    mapped_text made;
    made.add_made(node_->text, node_->begin, node_->end - node_->begin);
    return made;
}

place yaml_ref::where() const {
    return node_ == nullptr ? place() : file_->lines.at(node_->begin, node_->end - node_->begin);
}

place yaml_ref::used_at() const {
    return used_ == nullptr ? place() : file_->lines.at(used_->begin, used_->end - used_->begin);
}

std::vector<yaml_ref> roots(const yaml_file& file) {
    std::vector<yaml_ref> made;
    for (const yaml_document& one : file.documents) {
        made.emplace_back(file, one);
    }
    return made;
}

}  // namespace lastcall::lint

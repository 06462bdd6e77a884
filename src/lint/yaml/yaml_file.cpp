#include "lint/yaml/yaml_file.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <istream>
#include <streambuf>

#include "lint/text/lines.hpp"
#include "lint/text/mapped_text.hpp"
#include "lint/yaml/template_mask.hpp"
#include "lint/yaml/yaml_builder.hpp"

namespace lastcall::lint {
namespace {

constexpr std::size_t document_limit = 10'000;

struct view_buffer : std::streambuf {
    explicit view_buffer(std::string_view text) {
        auto* begin = const_cast<char*>(text.data());  // it is read only
        setg(begin, begin, begin + text.size());
    }
};

struct nothing final : YAML::EventHandler {
    void OnDocumentStart(const YAML::Mark& /*at*/) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& /*at*/, YAML::anchor_t /*a*/) override {}
    void OnAlias(const YAML::Mark& /*at*/, YAML::anchor_t /*a*/) override {}
    void OnScalar(const YAML::Mark& /*at*/, const std::string& /*tag*/, YAML::anchor_t /*a*/,
                  const std::string& /*value*/) override {
        throw too_many_values();  // one is enough to know that something is there
    }
    void OnSequenceStart(const YAML::Mark& /*at*/, const std::string& /*tag*/, YAML::anchor_t /*a*/,
                         YAML::EmitterStyle::value /*style*/) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark& /*at*/, const std::string& /*tag*/, YAML::anchor_t /*a*/,
                    YAML::EmitterStyle::value /*style*/) override {}
    void OnMapEnd() override {}
};

/// Where the documents begin: at each line "---", and behind each line "...".
std::vector<std::size_t> document_begins(std::string_view text) {
    std::vector<std::size_t> made{mark_size(text)};
    line_reader lines(text);
    while (lines.next()) {
        const auto line = lines.line();
        const bool is_alone = line.size() == 3 || (line.size() > 3 && is_blank(line[3]));
        const bool is_begin = is_alone && line.starts_with("---") && lines.offset() > made.back();
        if (is_begin) {
            made.push_back(lines.offset());
        } else if (is_alone && line.starts_with("...") && lines.next_offset() < text.size()) {
            made.push_back(lines.next_offset());
        }
    }
    return made;
}

bool has_content(std::string_view document) {
    line_reader lines(document);
    while (lines.next()) {
        auto line = lines.line();
        if (lines.offset() == 0 && line.starts_with("---")) {
            line.remove_prefix(3);
        }
        line = trimmed(line);
        if (!line.empty() && !line.starts_with('#') && !line.starts_with('%') && line != "...") {
            return true;
        }
    }
    return false;
}

/// Whether something is left behind a document; see config/yaml_documents.hpp for why not LoadAll.
bool has_rest(YAML::Parser& parser) {
    nothing handler;
    try {
        return parser.HandleNextDocument(handler);
    } catch (const YAML::Exception&) {
        return true;
    } catch (const too_many_values&) {
        return true;
    }
}

/// Returns: whether the next document may be read.
bool read_document(yaml_state& shared, std::size_t begin, std::size_t end) {
    const auto text = shared.text.substr(begin, end - begin);
    if (!has_content(text)) {
        return true;
    }
    view_buffer buffer(text);
    std::istream stream(&buffer);
    yaml_builder made(shared, begin, end);
    bool is_whole = true;
    bool goes_on = true;
    try {
        YAML::Parser parser(stream);
        parser.HandleNextDocument(made);
        if (has_rest(parser)) {
            shared.note(begin, 0,
                        "something is left behind the value of this document; it is not read");
        }
    } catch (const YAML::Exception& failed) {
        is_whole = false;
        const auto at = begin + static_cast<std::size_t>(std::max(failed.mark.pos, 0));
        const bool is_template = shared.file.is_template;
        shared.note(std::min(at, end), 0,
                    "this is no YAML (" + failed.msg + "); " +
                        (is_template ? "without its actions the template can not be read from here "
                                       "on: check what `helm template` makes of it"
                                     : "what is behind it in this document is not read"));
    } catch (const too_many_values&) {
        is_whole = false;
        goes_on = false;
        shared.note(begin, 0, "this file has more values than are read; the rest is left out");
    }
    if (!made.is_empty()) {
        shared.file.documents.push_back(made.finish(is_whole));
    }
    return goes_on;
}

void find_comments(yaml_state& shared) {
    const auto text = shared.text;
    std::size_t skip = 0;
    for (std::size_t at = text.find('#'); at != std::string_view::npos; at = text.find('#', at)) {
        while (skip < shared.opaque.size() && shared.opaque[skip].second <= at) {
            ++skip;
        }
        if (skip < shared.opaque.size() && shared.opaque[skip].first <= at) {
            at = shared.opaque[skip].second;
            continue;
        }
        if (at > 0 && !is_blank(text[at - 1])) {
            ++at;
            continue;
        }
        const auto place = shared.file.lines.at(at);
        const auto line = at - (place.column - 1);
        auto end = std::min(text.find('\n', at), text.size());
        const auto next = end;
        end -= end > at && text[end - 1] == '\r' ? 1U : 0U;
        const bool is_alone = trimmed(text.substr(line, at - line)).empty();
        shared.file.comments.push_back(
            {shared.file.lines.at(at, end - at), shared.file.text.substr(at, end - at), is_alone});
        at = next;
    }
}

/// Bytes that YAML does not have, and at which yaml-cpp would end or guess another encoding.
void replace_controls(std::string& text, const yaml_state& shared) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F) {
            shared.note(i, 1, "a control character stands here; it is taken as a blank");
            text[i] = ' ';
        }
    }
}

bool has_controls(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
    });
}

}  // namespace

yaml_file read_yaml(std::string_view text, yaml_braces braces) {
    yaml_file made;
    made.text = text;
    made.lines = line_index(text);
    if (text.starts_with("\xFE\xFF") || text.starts_with("\xFF\xFE")) {
        add_problem(made.problems, made.lines.at(0),
                    "this is UTF-16; write it as UTF-8, which everything reads");
        return made;
    }
    yaml_state shared{made, text, {}, {}, 0, 0};
    std::string changed;
    if (has_controls(text)) {
        changed = text;
        replace_controls(changed, shared);
        shared.text = changed;
    }
    if (braces == yaml_braces::are_actions && has_actions(text)) {
        auto mask = mask_actions(shared.text, made.lines);
        made.is_template = true;
        made.conditional = std::move(mask.conditional);
        for (auto& one : mask.problems) {
            add_problem(made.problems, one.at, std::move(one.text));
        }
        shared.unknown_lines = std::move(mask.unknown_lines);
        changed = std::move(mask.text);
        shared.text = changed;
    }
    const auto begins = document_begins(shared.text);
    for (std::size_t i = 0; i < begins.size(); ++i) {
        if (made.documents.size() == document_limit) {
            shared.note(begins[i], 0,
                        "this file has more than 10,000 documents; the rest is not read");
            break;
        }
        const auto end = i + 1 < begins.size() ? begins[i + 1] : text.size();
        if (!read_document(shared, begins[i], end)) {
            break;
        }
    }
    find_comments(shared);
    return made;
}

bool yaml_file::is_conditional(std::size_t offset) const {
    const auto next =
        std::upper_bound(conditional.begin(), conditional.end(), offset,
                         [](std::size_t wanted, const auto& one) { return wanted < one.first; });
    return next != conditional.begin() && offset < (next - 1)->second;
}

std::vector<statement_lines> yaml_file::statements() const {
    std::vector<statement_lines> made;
    const auto add = [&](std::size_t begin, std::size_t end) {
        made.push_back({lines.at(begin).line, lines.at(end > begin ? end - 1 : begin).line});
    };
    for (const yaml_document& document : documents) {
        for (const yaml_node& node : document.nodes) {
            for (const yaml_id id : node.items) {
                add(document.nodes[id].begin, document.nodes[id].end);
            }
            for (const yaml_entry& one : node.entries) {
                if (!one.is_merged) {
                    const auto& key = document.nodes[one.key];
                    add(key.begin, std::max(key.end, document.nodes[one.value].end));
                }
            }
        }
    }
    std::sort(made.begin(), made.end(),
              [](const statement_lines& a, const statement_lines& b) { return a.first < b.first; });
    return made;
}

}  // namespace lastcall::lint

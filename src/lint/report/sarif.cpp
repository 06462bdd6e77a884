// SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
#include <string>

#include "core/json.hpp"
#include "core/uri_text.hpp"
#include "lint/catalogue/catalogue.hpp"
#include "lint/report/report_writer.hpp"

namespace lastcall::lint {
namespace {

using core::json_writer;

void write_message(json_writer& out, const char* key, std::string_view text) {
    out.key(key).begin_object().field("text", text).end_object();
}

void write_rule(json_writer& out, const rule& one) {
    out.begin_object().field("id", one.id);
    write_message(out, "shortDescription", std::string(one.title) + ".");
    write_message(out, "fullDescription", one.why);
    write_message(out, "help",
                  std::string(one.fix) + "\n\nBad:\n" + std::string(one.bad) + "\n\nGood:\n" +
                      std::string(one.good) + "\n\nSource: " + std::string(one.source));
    out.key("defaultConfiguration").begin_object().field("level", to_string(one.usual));
    out.end_object().end_object();
}

void write_physical(json_writer& out, const std::string& file, const place& at,
                    std::size_t column) {
    out.key("physicalLocation").begin_object();
    out.key("artifactLocation")
        .begin_object()
        .field("uri", core::uri_of(path_from_here(file)))
        .end_object();
    if (at.line > 0) {
        out.key("region").begin_object().field("startLine", at.line);
        out.field("startColumn", column).field("byteOffset", at.offset);
        out.field("byteLength", at.size).end_object();
    }
    out.end_object();
}

/// Offsets are enough to replace bytes; a tool that wants lines has them in the result's region.
void write_fix(json_writer& out, const finding& one) {
    out.key("fixes").begin_array().begin_object();
    write_message(out, "description", one.fix_text());
    out.key("artifactChanges").begin_array().begin_object();
    out.key("artifactLocation")
        .begin_object()
        .field("uri", core::uri_of(path_from_here(one.file)))
        .end_object();
    out.key("replacements").begin_array();
    for (const edit& each : one.edits) {
        out.begin_object().key("deletedRegion").begin_object();
        out.field("byteOffset", each.at.offset).field("byteLength", each.at.size).end_object();
        write_message(out, "insertedContent", each.text);
        out.end_object();
    }
    out.end_array().end_object().end_array().end_object().end_array();
}

std::string to_sarif(const finding& one) {
    json_writer out;
    out.begin_object().field("ruleId", one.broken->id).field("level", to_string(one.how));
    write_message(out, "message",
                  one.what + ". What to do: " + std::string(one.fix_text()) + " (" +
                      std::string(one.source_text()) + ")");
    out.key("locations").begin_array().begin_object();
    write_physical(out, one.file, one.at, character_column(one));
    out.end_object().end_array();
    if (!one.further.empty()) {
        out.key("relatedLocations").begin_array();
        for (const further_place& each : one.further) {
            out.begin_object();
            write_physical(out, each.file, each.at, each.at.column);
            write_message(out, "message", each.what);
            out.end_object();
        }
        out.end_array();
    }
    if (!one.edits.empty()) {
        write_fix(out, one);
    }
    if (!one.accepted.empty()) {
        out.key("suppressions")
            .begin_array()
            .begin_object()
            .field("kind", one.is_known ? "external" : "inSource");
        out.field("justification", one.accepted).end_object().end_array();
    }
    out.key("properties").begin_object().field("confidence", core::to_string(one.sure));
    out.end_object().end_object();
    return std::move(out).text();
}

class sarif_report : public report_writer {
public:
    std::string begin() override {
        json_writer out;
        out.begin_array();
        for (const rule_family& family : rule_families()) {
            for (const rule& one : family.rules) {
                if (family.is_of_files) {
                    write_rule(out, one);
                }
            }
        }
        out.end_array();
        return "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":"
               "\"2.1.0\",\"runs\":[{\"columnKind\":\"unicodeCodePoints\",\"tool\":{\"driver\":{"
               "\"name\":\"lastcall lint\",\"rules\":" +
               std::move(out).text() + "}},\"results\":[";
    }

    std::string file(std::span<const finding> found) override {
        std::string made;
        for (const finding& one : found) {
            if (one.is_fixed) {
                continue;
            }
            made += (is_first_ ? "\n" : ",\n") + to_sarif(one);
            is_first_ = false;
        }
        return made;
    }

    std::string end(const lint_summary& summary) override {
        const bool could_look = summary.unreadable == 0;
        return std::string("\n],\"invocations\":[{\"executionSuccessful\":") +
               (could_look ? "true" : "false") + "}]}]}\n";
    }

private:
    bool is_first_ = true;
};

}  // namespace

std::unique_ptr<report_writer> make_sarif_writer() { return std::make_unique<sarif_report>(); }

}  // namespace lastcall::lint

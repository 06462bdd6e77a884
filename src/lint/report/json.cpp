// One JSON object: docs/lint.md, "As JSON".
#include "core/json.hpp"
#include "lint/report/report_writer.hpp"

namespace lastcall::lint {
namespace {

using core::json_writer;

constexpr int version = 1;

void write_place(json_writer& out, const place& at) {
    if (at.line > 0) {
        out.field("line", at.line).field("column", at.column);
        out.field("offset", at.offset).field("size", at.size);
    }
}

std::string to_json(const finding& one) {
    json_writer out;
    out.begin_object().field("rule", one.broken->id).field("severity", to_string(one.how));
    out.field("confidence", core::to_string(one.sure)).field("file", one.file);
    write_place(out, one.at);
    out.field("excerpt", one.excerpt).field("what", one.what).field("why", one.why_text());
    out.field("source", one.source_text()).field("fix", one.fix_text());
    out.key("edits").begin_array();
    for (const edit& each : one.edits) {
        out.begin_object();
        write_place(out, each.at);
        out.field("text", each.text).end_object();
    }
    out.end_array().key("further").begin_array();
    for (const further_place& each : one.further) {
        out.begin_object().field("file", each.file);
        write_place(out, each.at);
        out.field("what", each.what).end_object();
    }
    out.end_array();
    if (!one.accepted.empty()) {
        out.field("accepted", one.accepted);
    }
    if (one.is_known) {
        out.field("known", true);
    }
    if (one.is_fixed) {
        out.field("fixed", true);
    }
    out.end_object();
    return std::move(out).text();
}

class json_report : public report_writer {
public:
    std::string begin() override {
        return "{\"lastcall_lint\":" + std::to_string(version) + ",\"findings\":[";
    }

    std::string file(std::span<const finding> found) override {
        std::string made;
        for (const finding& one : found) {
            made += (is_first_ ? "\n" : ",\n") + to_json(one);
            is_first_ = false;
        }
        return made;
    }

    std::string end(const lint_summary& summary) override {
        json_writer out;
        out.begin_object().field("files", summary.files).field("judged", summary.judged);
        out.field("errors", summary.errors).field("warnings", summary.warnings);
        out.field("notes", summary.notes).field("accepted", summary.accepted);
        out.field("known", summary.known).field("fixed", summary.fixed);
        out.field("unjoined", summary.unjoined);
        out.field("unreadable", summary.unreadable).end_object();
        return "\n],\"summary\":" + std::move(out).text() + "}\n";
    }

private:
    bool is_first_ = true;
};

}  // namespace

std::unique_ptr<report_writer> make_json_writer() { return std::make_unique<json_report>(); }

}  // namespace lastcall::lint

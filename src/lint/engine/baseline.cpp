#include "lint/engine/baseline.hpp"

#include <algorithm>
#include <system_error>
#include <tuple>

#include "core/json.hpp"
#include "lint/text/mapped_text.hpp"
#include "lint/text/read_file.hpp"
#include "lint/yaml/yaml_ref.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

constexpr int baseline_version = 1;

/// The words with a blank between them.
std::string words_only(std::string_view line) {
    std::string made;
    for (const char c : trimmed(line)) {
        if (!is_blank(c)) {
            made += c;
        } else if (!made.ends_with(' ')) {
            made += ' ';
        }
    }
    return made;
}

std::string text_of_field(const yaml_ref& entry, std::string_view key) {
    return std::string(entry.get(key).text().value_or(std::string_view()));
}

}  // namespace

bool known_finding::operator<(const known_finding& other) const {
    return std::tie(file, rule, line) < std::tie(other.file, other.rule, other.line);
}

baseline::baseline(const fs::path& file) : file_(file) {
    std::error_code failed;
    folder_ = fs::absolute(file, failed).lexically_normal().parent_path();
}

std::string baseline::read() {
    const auto read = read_file(file_);
    if (!read.text) {
        return read.why_not;
    }
    // JSON is YAML, and this reader knows where everything stands.
    const auto whole = read_yaml(*read.text);
    const auto all = roots(whole);
    if (all.size() != 1 || !whole.problems.empty() ||
        all.front().get("lastcall_lint_baseline").integer() != baseline_version) {
        return "it is no baseline of version " + std::to_string(baseline_version);
    }
    for (const yaml_ref& one : all.front().get("findings").items()) {
        const known_finding key{text_of_field(one, "rule"), text_of_field(one, "file"),
                                text_of_field(one, "line")};
        const auto times = one.get("times").integer().value_or(1);
        auto& to = known_[key];
        to.times += static_cast<std::size_t>(std::clamp<std::int64_t>(times, 0, 1'000'000));
        to.at = one.get("rule").used_at();
        files_.insert(key.file);
    }
    return {};
}

std::string baseline::name_of(const fs::path& file) const {
    std::error_code failed;
    const auto whole = fs::absolute(file, failed).lexically_normal();
    return whole.lexically_relative(folder_).generic_string();
}

known_finding baseline::key_of(const finding& one) const {
    return {std::string(one.broken->id), name_of(one.file), words_only(one.excerpt)};
}

void baseline::visit(const fs::path& file) {
    if (files_.empty()) {
        return;
    }
    if (auto name = name_of(file); files_.contains(name)) {
        visited_.insert(std::move(name));
    }
}

bool baseline::take(const finding& one) {
    const auto found = known_.find(key_of(one));
    if (found == known_.end() || found->second.times == 0) {
        return false;
    }
    --found->second.times;
    return true;
}

std::vector<baseline::stale_finding> baseline::stale() const {
    std::vector<stale_finding> made;
    for (const auto& [key, left] : known_) {
        std::error_code failed;
        if (left.times > 0 &&
            (visited_.contains(key.file) || !fs::exists(folder_ / key.file, failed))) {
            made.push_back({key, left.at});
        }
    }
    std::sort(made.begin(), made.end(), [](const stale_finding& a, const stale_finding& b) {
        return a.at.offset < b.at.offset;
    });
    return made;
}

void baseline::add(const finding& one) { ++known_[key_of(one)].times; }

std::size_t baseline::size() const noexcept {
    std::size_t sum = 0;
    for (const auto& [key, one] : known_) {
        sum += one.times;
    }
    return sum;
}

std::string baseline::text() const {
    std::string made =
        "{\"lastcall_lint_baseline\":" + std::to_string(baseline_version) + ",\"findings\":[";
    bool is_first = true;
    for (const auto& [key, one] : known_) {
        core::json_writer out;
        out.begin_object().field("file", key.file).field("rule", key.rule).field("line", key.line);
        if (one.times > 1) {
            out.field("times", one.times);
        }
        out.end_object();
        made += (is_first ? "\n" : ",\n") + std::move(out).text();
        is_first = false;
    }
    return made + "\n]}\n";
}

}  // namespace lastcall::lint

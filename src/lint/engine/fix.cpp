#include "lint/engine/fix.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>
#include <vector>

#include "lint/text/read_file.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

std::size_t begin_of(const finding& one) {
    return std::min_element(one.edits.begin(), one.edits.end(),
                            [](const edit& a, const edit& b) { return a.at.offset < b.at.offset; })
        ->at.offset;
}

std::size_t end_of(const edit& one) { return one.at.offset + one.at.size; }

/// Whether two want to change the same bytes, or to insert at the same place.
bool overlap(const edit& a, const edit& b) {
    return a.at.offset == b.at.offset || (a.at.offset < end_of(b) && b.at.offset < end_of(a));
}

}  // namespace

std::string apply_edits(std::string_view text, std::span<finding> found) {
    std::vector<finding*> wanted;
    for (finding& one : found) {
        if (!one.edits.empty() && one.accepted.empty()) {
            wanted.push_back(&one);
        }
    }
    std::stable_sort(wanted.begin(), wanted.end(), [](const finding* a, const finding* b) {
        return begin_of(*a) < begin_of(*b);
    });
    std::vector<const edit*> all;
    for (finding* one : wanted) {
        one->is_fixed = std::none_of(one->edits.begin(), one->edits.end(), [&](const edit& each) {
            return end_of(each) > text.size() ||
                   std::any_of(all.begin(), all.end(),
                               [&](const edit* taken) { return overlap(each, *taken); });
        });
        for (const edit& each : one->edits) {
            if (one->is_fixed) {
                all.push_back(&each);
            }
        }
    }
    std::sort(all.begin(), all.end(),
              [](const edit* a, const edit* b) { return a->at.offset < b->at.offset; });
    std::string made;
    std::size_t at = 0;
    for (const edit* one : all) {
        made.append(text.substr(at, one->at.offset - at)).append(one->text);
        at = end_of(*one);
    }
    return made.append(text.substr(at));
}

std::string rewrite_file(const fs::path& file, std::string_view before, std::string_view after) {
    std::error_code failed;
    const fs::path real = fs::canonical(file, failed);
    if (failed) {
        return failed.message();
    }
    const auto now = read_file(real);
    if (!now.text || *now.text != before) {
        return "it has changed while it was looked at";
    }
    const auto permissions = fs::status(real, failed).permissions();
    fs::path beside = real;
    beside += ".lastcall.tmp";
    {
        std::ofstream to(beside, std::ios::binary | std::ios::trunc);
        to << after;
        to.close();
        if (!to) {
            fs::remove(beside, failed);
            return "a file beside it cannot be written";
        }
    }
    fs::permissions(beside, permissions, failed);
    if (!failed) {
        fs::rename(beside, real, failed);
    }
    if (!failed) {
        return {};
    }
    std::string why = failed.message();
    fs::remove(beside, failed);
    return why;
}

}  // namespace lastcall::lint

// The families of rules: one function for each kind of file.
#pragma once

#include <chrono>
#include <filesystem>
#include <string_view>

#include "lint/chain/digest_store.hpp"
#include "lint/engine/file_report.hpp"

namespace lastcall::lint {

/// A file as a family gets it. Lifetime: the call's.
struct family_input {
    const std::filesystem::path& path;  ///< beside it lie the files that it names
    std::string_view text;
    std::chrono::year_month_day today;
    digest_store& digests;  ///< what the chain across files wants to know of it goes there
};

void judge_automation(const family_input& input, file_report& into);
void judge_compose(const family_input& input, file_report& into);
void judge_configuration(const family_input& input, file_report& into);
void judge_dockerfile(const family_input& input, file_report& into);
void judge_kubernetes(const family_input& input, file_report& into);
void judge_shell_script(const family_input& input, file_report& into);
void judge_unit(const family_input& input, file_report& into);

}  // namespace lastcall::lint

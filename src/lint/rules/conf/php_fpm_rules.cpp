// php-fpm.conf: X02.
#include <algorithm>
#include <system_error>

#include "lint/conf/conf_time.hpp"
#include "lint/conf/read_conf.hpp"
#include "lint/rules/conf/conf_case.hpp"
#include "lint/text/read_file.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view fpm_key = "process_control_timeout";

/// A few pools are read; more of them mean that nothing is known.
constexpr std::size_t most_pools = 64;

/// Whether the files that an include names lie beside this one, as they are installed, and none of
/// them sets the time.
bool is_absent_in(const fs::path& folder, std::string_view pattern) {
    const fs::path named = pattern;
    const auto beside = folder / named.parent_path().filename();
    std::error_code failed;
    if (named.filename() != "*.conf" || !fs::is_directory(beside, failed)) {
        return false;
    }
    std::size_t count = 0;
    for (fs::directory_iterator one(beside, failed); !failed && one != fs::directory_iterator();
         one.increment(failed)) {
        if (one->path().extension() != ".conf") {
            continue;
        }
        const auto read = read_file(one->path());
        if (!read.text || ++count > most_pools || read.text->find(fpm_key) != std::string::npos) {
            return false;
        }
    }
    return !failed;
}

}  // namespace

void check_php_fpm_conf(const conf_case& given) {
    const auto* global = given.file.last_in(nullptr, "global");
    if (global == nullptr) {
        return;
    }
    if (const auto* set = given.file.last_in(global, fpm_key)) {
        const auto value = conf_time(set->value());
        if (value && value->count() == 0) {
            given.report
                .add("X02", conf_case::value_at(*set),
                     "PHP-FPM gives requests no time at a reload and at an orderly stop")
                .sure = confidence::proven;
        }
        return;
    }
    // A file that only adds to the main one says nothing about what that one sets.
    const auto includes = given.file.all("include");
    const bool is_main = given.path.filename() == "php-fpm.conf" && !includes.empty();
    const bool is_unset = std::all_of(includes.begin(), includes.end(), [&](const conf_item* one) {
        return is_absent_in(given.path.parent_path(), one->value());
    });
    if (is_main && is_unset) {
        given.report.add("X02", global->at,
                         "process_control_timeout is not set, which means 0: PHP-FPM gives "
                         "requests no time at a reload and at an orderly stop");
    }
}

}  // namespace lastcall::lint

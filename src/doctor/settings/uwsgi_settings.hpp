// What decides about the stop of a uWSGI: its options are its command line, its environment and its
// files alike.
#pragma once

#include <optional>
#include <string>

#include "doctor/settings/program_words.hpp"
#include "doctor/settings/surroundings.hpp"

namespace lastcall::doctor {

struct uwsgi_option {
    std::string value;
    std::string source;  ///< "die-on-term of /srv/app.ini:4"
};

class uwsgi_settings {
public:
    uwsgi_settings(const seen_process& one, const surroundings& around);

    /// The last that is said; unset: nothing is.
    [[nodiscard]] std::optional<uwsgi_option> get(std::string_view name) const;
    [[nodiscard]] bool is_on(std::string_view name) const;
    /// All of its files were read.
    [[nodiscard]] bool is_whole() const noexcept { return is_whole_; }
    /// On SIGTERM it ends instead of reloading, or it may: not all of its settings could be read.
    [[nodiscard]] bool ends_by_term() const;
    /// A hook has it wait for requests; of itself it cuts them off.
    [[nodiscard]] bool waits() const;

private:
    void read_file(const std::string& path, const surroundings& around);

    program_words words_;
    const surroundings& around_;
    std::vector<std::pair<std::string, uwsgi_option>> options_;
    bool is_whole_ = true;
};

}  // namespace lastcall::doctor

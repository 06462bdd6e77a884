// A configuration of any kind, as its reader has read it.
#pragma once

#include <string>
#include <string_view>

#include "lint/conf/conf_file.hpp"
#include "lint/conf/conf_kind.hpp"
#include "lint/yaml/yaml_file.hpp"

namespace lastcall::lint {

/// Not copied: what is in it points to it.
struct configuration {
    /// `text`  has to outlive it
    configuration(conf_kind what, std::string_view text);
    configuration(const configuration&) = delete;
    configuration& operator=(const configuration&) = delete;
    ~configuration() = default;

    /// Jinja, ERB, Helm: what is absent may be put there, so that nothing is known.
    [[nodiscard]] bool is_template() const noexcept;
    [[nodiscard]] bool is_yaml() const noexcept;

    conf_kind kind;
    std::string_view text;
    std::string masked;  ///< of a job of Nomad: its text, without the texts in it
    conf_file file;      ///< of YAML: nothing is in it
    yaml_file yaml;      ///< of others: likewise
};

/// Other files may say more: it includes some, or parts of it hold under conditions only.
[[nodiscard]] bool may_be_set_elsewhere(const conf_file& file, conf_kind kind);

}  // namespace lastcall::lint

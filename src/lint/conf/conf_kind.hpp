// Which program's configuration a file is, by its name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace lastcall::lint {

enum class conf_kind : std::uint8_t {
    none,
    nginx,
    php_fpm,
    uwsgi,
    haproxy,
    gunicorn,           ///< gunicorn.conf.py
    spring_properties,  ///< application.properties
    spring_yaml,        ///< application.yml
    supervisor,
    traefik_toml,
    traefik_yaml,
    caddy,
    envoy,
    caddy_json,  ///< told by a command line, not by its name
    redis,       ///< likewise
    pm2_script,  ///< ecosystem.config.js, ecosystem.json
    pm2_yaml,    ///< ecosystem.config.yml, process.yml
    procfile,
    ecs,    ///< a task definition
    nomad,  ///< a job
    fly,
    puma,
    sidekiq,
};

/// `name`  without its folder
[[nodiscard]] conf_kind conf_kind_of(std::string_view name);

/// By the folders above it, too: what lies in supervisor/conf.d is for supervisord, whatever its
/// name is.
[[nodiscard]] conf_kind conf_kind_at(const std::filesystem::path& file);

}  // namespace lastcall::lint

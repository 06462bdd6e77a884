#include "doctor/settings/settings_files.hpp"

#include <array>

namespace lastcall::doctor {
namespace {

using lint::conf_kind;

/// The value of the first of these options that is there; empty: none.
std::string first_option(const program_words& words,
                         std::initializer_list<std::string_view> options) {
    for (const std::string_view option : options) {
        if (const auto value = words.option(option)) {
            return *value;
        }
    }
    return {};
}

settings_files of_nginx(const program_words& words, const surroundings& around) {
    settings_files made;
    made.is_needed = true;
    const auto prefix = words.option("-p").value_or("");
    if (const auto named = words.option("-c")) {
        const bool is_below = !prefix.empty() && !named->starts_with('/');
        made.files.push_back(
            {around.whole(is_below ? prefix + "/" + *named : *named), conf_kind::nginx});
        return made;
    }
    if (!prefix.empty()) {
        made.files.push_back({around.whole(prefix + "/conf/nginx.conf"), conf_kind::nginx});
    }
    for (const char* path : {"/etc/nginx/nginx.conf", "/usr/local/openresty/nginx/conf/nginx.conf",
                             "/usr/local/nginx/conf/nginx.conf"}) {
        made.files.push_back({path, conf_kind::nginx});
    }
    return made;
}

/// Its title names the file: "php-fpm: master process (/etc/php/8.2/fpm/php-fpm.conf)".
settings_files of_php_fpm(const seen_process& one, const program_words& words,
                          const surroundings& around) {
    settings_files made;
    made.is_needed = true;
    std::string named = first_option(words, {"-y", "--fpm-config"});
    const auto open = one.command.find("master process (");
    if (open != std::string::npos) {
        named = one.command.substr(open + 16, one.command.find(')', open) - open - 16);
    }
    if (!named.empty()) {
        made.files.push_back({around.whole(named), conf_kind::php_fpm});
        return made;
    }
    if (one.program.size() > 7) {  // php-fpm8.2
        made.files.push_back(
            {"/etc/php/" + one.program.substr(7) + "/fpm/php-fpm.conf", conf_kind::php_fpm});
    }
    made.files.push_back({"/usr/local/etc/php-fpm.conf", conf_kind::php_fpm});
    return made;
}

settings_files of_haproxy(const program_words& words, const surroundings& around) {
    settings_files made;
    made.is_all = made.is_needed = true;
    for (const std::string& one : words.all_of("-f")) {
        const auto below = around.matching(one + "/*.cfg");
        for (const std::string& path : below) {
            made.files.push_back({path, conf_kind::haproxy});
        }
        if (below.empty()) {
            made.files.push_back({around.whole(one), conf_kind::haproxy});
        }
    }
    return made;
}

settings_files of_gunicorn(const program_words& words, const surroundings& around) {
    settings_files made;
    std::string named = first_option(words, {"-c", "--config"});
    if (named.empty()) {
        const program_words more{split_words(around.variable("GUNICORN_CMD_ARGS"))};
        named = first_option(more, {"-c", "--config"});
    }
    if (named.starts_with("python:")) {
        made.has_others = true;
        return made;
    }
    made.is_needed = !named.empty();
    named = named.starts_with("file:") ? named.substr(5) : named;
    made.files.push_back(
        {around.whole(named.empty() ? "gunicorn.conf.py" : named), conf_kind::gunicorn});
    return made;
}

/// Spring Boot looks into ./config and then into the working directory, where the jar is as a rule.
settings_files of_spring(const program_words& words, const surroundings& around) {
    settings_files made;
    made.is_all = true;
    for (const char* folder : {"config/", ""}) {
        const std::string name = around.whole(std::string(folder) + "application.");
        made.files.push_back({name + "properties", conf_kind::spring_properties});
        made.files.push_back({name + "yml", conf_kind::spring_yaml});
        made.files.push_back({name + "yaml", conf_kind::spring_yaml});
    }
    made.has_others = !first_option(words, {"--spring.config.location", "--spring.config.import",
                                            "-Dspring.config.location"})
                           .empty();
    return made;
}

settings_files of_caddy(const program_words& words, const surroundings& around) {
    settings_files made;
    const auto named = first_option(words, {"--config", "-config", "-c"});
    const std::string path = around.whole(named.empty() ? "Caddyfile" : named);
    const bool is_json = path.ends_with(".json");
    made.files.push_back({path, is_json ? conf_kind::caddy_json : conf_kind::caddy});
    made.is_needed = !named.empty();
    made.has_others = words.has("--resume");
    return made;
}

/// Its title has its port, and not its file: the usual ones are looked at.
settings_files of_redis(const program_words& words, const surroundings& around) {
    settings_files made;
    for (const std::string& one : words.words) {
        if (one.ends_with(".conf")) {
            made.files.push_back({around.whole(one), conf_kind::redis});
            return made;
        }
    }
    const auto& title = words.words.empty() ? std::string() : words.words.front();
    const auto colon = title.rfind(':');
    const auto port = colon == std::string::npos ? "6379" : title.substr(colon + 1);
    for (const char* path :
         {"/etc/redis/redis.conf", "/etc/valkey/valkey.conf", "/usr/local/etc/redis/redis.conf"}) {
        const auto text = around.read(path);
        if (text && ("\n" + *text).find("\nport " + port + "\n") != std::string::npos) {
            made.files.push_back({path, conf_kind::redis});
        }
    }
    return made;
}

settings_files of_traefik(const program_words& words, const surroundings& around) {
    settings_files made;
    std::vector<std::string> paths;
    if (const auto named = first_option(words, {"--configfile", "--configFile"}); !named.empty()) {
        paths.push_back(around.whole(named));
        made.is_needed = true;
    } else {
        for (const char* end : {".yml", ".yaml", ".toml"}) {
            paths.push_back(std::string("/etc/traefik/traefik") + end);
            paths.push_back(around.whole(std::string("traefik") + end));
        }
    }
    for (const std::string& path : paths) {
        const bool is_toml = path.ends_with(".toml");
        made.files.push_back({path, is_toml ? conf_kind::traefik_toml : conf_kind::traefik_yaml});
    }
    return made;
}

settings_files of_ruby(const program_words& words, const surroundings& around,
                       std::initializer_list<const char*> usual, conf_kind kind) {
    settings_files made;
    const auto named = first_option(words, {"-C", "--config"});
    if (!named.empty()) {
        made.is_needed = true;
        made.files.push_back({around.whole(named), kind});
        return made;
    }
    for (const char* path : usual) {
        made.files.push_back({around.whole(path), kind});
    }
    return made;
}

}  // namespace

settings_files settings_files_of(std::string_view program, const seen_process& one,
                                 const surroundings& around) {
    const auto words = words_of(one);
    if (program == "nginx") {
        return of_nginx(words, around);
    }
    if (program == "php-fpm") {
        return of_php_fpm(one, words, around);
    }
    if (program == "haproxy") {
        return of_haproxy(words, around);
    }
    if (program == "gunicorn") {
        return of_gunicorn(words, around);
    }
    if (program == "java") {
        return of_spring(words, around);
    }
    if (program == "caddy") {
        return of_caddy(words, around);
    }
    if (program == "redis-server" || program == "valkey-server") {
        return of_redis(words, around);
    }
    if (program == "traefik") {
        return of_traefik(words, around);
    }
    if (program == "puma") {
        return of_ruby(words, around, {"config/puma/production.rb", "config/puma.rb"},
                       conf_kind::puma);
    }
    if (program == "sidekiq") {
        return of_ruby(words, around, {"config/sidekiq.yml"}, conf_kind::sidekiq);
    }
    return {};
}

}  // namespace lastcall::doctor

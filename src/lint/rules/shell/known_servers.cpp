#include "lint/rules/shell/known_servers.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "lint/shell/option_reader.hpp"
#include "lint/shell/stopping.hpp"

namespace lastcall::lint {
namespace {

using shell::step;

constexpr std::string_view always_servers =
    " apache2-foreground daphne gunicorn httpd-foreground hypercorn puma sidekiq unicorn uvicorn "
    "waitress-serve mysqld_safe mariadbd-safe ";

/// What names another program behind a word of its own.
constexpr std::string_view program_runners = " bundle pipenv poetry uv ";
constexpr std::string_view python_names = " python python2 python3 ";

/// The words from the program on; those that are not known are empty.
class server_words {
public:
    explicit server_words(const step& one) : one_(one), at_(one.call.program) {
        const auto word = name();
        if (shell::is_named(program_runners, word) && (is(1, "exec") || is(1, "run"))) {
            at_ += 2;
        }
        if (is_interpreter() && is(1, "-m")) {
            at_ += 2;
        }
    }

    std::string_view name() const { return shell::base_name(text(0)); }
    bool is_interpreter() const { return shell::is_named(python_names, name()); }
    bool is(std::size_t behind, std::string_view word) const { return text(behind) == word; }
    std::string_view text(std::size_t behind) const {
        const auto i = at_ + behind;
        return i < one_.arguments.size() && one_.arguments[i].is_known()
                   ? std::string_view(one_.arguments[i].what.text)
                   : std::string_view();
    }
    bool has(std::initializer_list<std::string_view> words) const {
        for (auto i = at_ + 1; i < one_.arguments.size(); ++i) {
            if (std::any_of(words.begin(), words.end(),
                            [&](auto word) { return one_.arguments[i].is(word); })) {
                return true;
            }
        }
        return false;
    }
    bool has_text(std::string_view text) const {
        return std::any_of(one_.arguments.begin(), one_.arguments.end(), [&](const auto& each) {
            return each.what.text.find(text) != std::string::npos;
        });
    }

private:
    const step& one_;
    std::size_t at_;
};

/// start, start:prod, dev, serve: by custom the script that serves.
bool is_serving_script(std::string_view name) {
    name = name.substr(0, name.find(':'));
    return name == "start" || name == "dev" || name == "serve";
}

bool starts_package_script(const server_words& words) {
    const auto name = words.name();
    const bool is_manager = name == "npm" || name == "yarn" || name == "pnpm" || name == "bun";
    return is_manager && (words.is(1, "run") ? is_serving_script(words.text(2))
                                             : is_serving_script(words.text(1)));
}

/// It is over at once, or goes into the background by itself.
bool goes_away(const server_words& words) {
    return words.has({"--help", "--version", "--check-config", "--print-config", "-D", "--daemon",
                      "--daemonize", "--detach"});
}

}  // namespace

bool is_known_server(const step& one) {
    if (one.call.program == shell::invocation::none || one.call.source != shell::invocation::none) {
        return false;
    }
    const server_words words(one);
    const auto name = words.name();
    if (name == "nginx" || name == "openresty") {
        return words.has_text("daemon off");
    }
    if (name == "apachectl" || name == "apache2ctl" || name == "httpd" || name == "apache2") {
        return words.has_text("FOREGROUND");
    }
    if (name.starts_with("php-fpm")) {
        return words.has({"-F", "--nodaemonize"});
    }
    if (name == "celery") {
        return words.has({"worker", "beat"}) && !goes_away(words);
    }
    if (name == "rails") {
        return words.is(1, "server") || words.is(1, "s");
    }
    if (name == "flask" || name == "caddy") {
        return words.has({"run"});
    }
    if (name == "manage.py" || words.is_interpreter()) {
        return words.has_text("manage.py") && words.has({"runserver"});
    }
    if (name == "supervisord") {
        return words.has({"-n", "--nodaemon"});
    }
    return starts_package_script(words) ||
           (shell::is_named(always_servers, name) && !goes_away(words));
}

}  // namespace lastcall::lint

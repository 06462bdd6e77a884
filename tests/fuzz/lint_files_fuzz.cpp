// Whatever files a tree holds, lint finds an end: what it finds stands in them, and what it mends
// is mended at once.
//
// The input is one file or several, 0x1E between them; the first byte of each says what it is
// called.
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "fuzz/target.hpp"
#include "lint/engine/linter.hpp"
#include "lint/text/reader_promises.hpp"
#include "sys/private_directory.hpp"

namespace {

namespace fs = std::filesystem;
using lastcall::lint::finding;
using lastcall::lint::promises::is_in;

constexpr char file_end = '\x1E';
constexpr std::size_t most_files = 6;

constexpr std::array<std::string_view, 44> names{
    "Dockerfile",
    "web/Dockerfile",
    "entrypoint.sh",
    "deploy.sh",
    "start",
    "web.yaml",
    "ingress.yaml",
    "compose.yaml",
    "compose.override.yaml",
    "data/compose.yaml",
    ".env",
    "web.service",
    "web.socket",
    "web.service.d/10.conf",
    "web@.service",
    "etc/systemd/system/web.service",
    "web.container",
    "web.pod",
    "nginx.conf",
    "php-fpm.conf",
    "uwsgi.ini",
    "haproxy.cfg",
    "gunicorn.conf.py",
    "application.properties",
    "application.yml",
    "supervisord.conf",
    "traefik.toml",
    "traefik.yml",
    "Caddyfile",
    "envoy.yaml",
    "ecosystem.config.js",
    "ecosystem.json",
    "process.yml",
    "Procfile",
    "web-task-definition.json",
    "web.nomad",
    "fly.toml",
    "puma.rb",
    "sidekiq.yml",
    "web/nginx.conf",
    "web/gunicorn.conf.py",
    "web/server.js",
    "web/start.sh",
    "k8s/web.yaml",
};

std::string bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_files(const fs::path& folder, std::string_view input) {
    for (std::size_t count = 0; !input.empty() && count < most_files; ++count) {
        const auto end = std::min(input.find(file_end), input.size());
        const auto one = input.substr(0, end);
        input.remove_prefix(std::min(end + 1, input.size()));
        if (!one.empty()) {
            const auto file = folder / names[static_cast<unsigned char>(one[0]) % names.size()];
            fs::create_directories(file.parent_path());
            std::ofstream(file, std::ios::binary) << one.substr(1);
        }
    }
}

std::vector<finding> found_in(const fs::path& folder, bool fixes) {
    std::vector<finding> made;
    lastcall::lint::lint({{folder}, std::chrono::year(2026) / 1 / 1, fixes},
                         [&](std::span<const finding> found) {
                             made.insert(made.end(), found.begin(), found.end());
                         });
    return made;
}

}  // namespace

LASTCALL_FUZZ_TARGET(lint_files) {
    static const lastcall::sys::private_directory own;
    const fs::path folder = own.path() / "tree";
    fs::remove_all(folder);
    fs::create_directories(folder);
    write_files(folder, input);
    for (const finding& one : found_in(folder, false)) {
        const auto text = bytes_of(one.file);
        is_in(one.at, text);
        for (const auto& each : one.edits) {
            is_in(each.at, text);
        }
        for (const auto& each : one.further) {
            is_in(each.at, bytes_of(each.file));
        }
        lastcall::fuzz::must(!one.what.empty(), "a finding says what is wrong");
    }
    (void)found_in(folder, true);
    for (const finding& one : found_in(folder, true)) {
        lastcall::fuzz::must(!one.is_fixed, "a second run finds nothing more to mend");
    }
}

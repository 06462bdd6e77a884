#include "lint/dockerfile/base_images.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace lastcall::lint {
namespace {

constexpr auto unknown = shell_kind::unknown;
constexpr auto none = shell_kind::none;
constexpr auto dash = shell_kind::dash;
constexpr auto busybox = shell_kind::busybox;
constexpr auto bash = shell_kind::bash;

constexpr std::string_view term = "SIGTERM";
constexpr std::string_view script = R"(["docker-entrypoint.sh"])";

constexpr std::string_view nginx = "https://github.com/nginx/docker-nginx";
constexpr std::string_view httpd =
    "https://github.com/docker-library/repo-info/tree/master/repos/httpd";
constexpr std::string_view php = "https://github.com/docker-library/php";
constexpr std::string_view postgres =
    "https://github.com/docker-library/postgres/blob/master/Dockerfile-debian.template";
constexpr std::string_view redis = "https://github.com/redis/docker-library-redis";
constexpr std::string_view mysql =
    "https://github.com/docker-library/mysql/blob/master/template/Dockerfile.debian";
constexpr std::string_view node =
    "https://github.com/nodejs/docker-node/blob/main/Dockerfile-alpine.template";
constexpr std::string_view python =
    "https://github.com/docker-library/python/blob/master/Dockerfile-linux.template";
constexpr std::string_view golang =
    "https://github.com/docker-library/golang/blob/master/Dockerfile-linux.template";
constexpr std::string_view openjdk =
    "https://github.com/docker-library/openjdk/blob/master/Dockerfile-linux.template";
constexpr std::string_view temurin =
    "https://github.com/adoptium/containers/tree/main/docker_templates";
constexpr std::string_view haproxy =
    "https://github.com/docker-library/haproxy/blob/master/Dockerfile-debian.template";
constexpr std::string_view caddy =
    "https://github.com/caddyserver/caddy-docker/blob/master/Dockerfile.tmpl";
constexpr std::string_view traefik = "https://github.com/traefik/traefik-library-image";
constexpr std::string_view rabbitmq =
    "https://github.com/docker-library/rabbitmq/blob/master/Dockerfile-ubuntu.template";
constexpr std::string_view distroless = "https://github.com/GoogleContainerTools/distroless";
constexpr std::string_view debian = "https://github.com/debuerreotype/docker-debian-artifacts";
constexpr std::string_view ubuntu =
    "https://github.com/docker-library/repo-info/tree/master/repos/ubuntu";
// Their /bin/sh is a link to bash.
constexpr std::string_view red_hat =
    "https://github.com/docker-library/repo-info/tree/master/repos/fedora";
constexpr std::string_view alpine = "https://github.com/alpinelinux/docker-alpine";
constexpr std::string_view busybox_image = "https://github.com/docker-library/busybox";

// name, tags, stop signal, entrypoint, cmd, workdir, /bin/sh, runtime, source
constexpr std::array images{
    base_image{"scratch", "*", term, "[]", "[]", "/", none, "",
               "https://docs.docker.com/build/building/base-images/"},

    // Up to 1.18 the stop signal was SIGTERM, which is nginx's fast shutdown.
    base_image{"nginx", "1.1[0-8].*alpine*", term, "", R"(["nginx","-g","daemon off;"])", "/",
               busybox, "nginx", nginx},
    base_image{"nginx", "1.1[0-8]*", term, "", R"(["nginx","-g","daemon off;"])", "/", dash,
               "nginx", nginx},
    base_image{"nginx", "1.19*", "", R"(["/docker-entrypoint.sh"])",
               R"(["nginx","-g","daemon off;"])", "/", unknown, "nginx", nginx},
    base_image{"nginx", "*alpine*", "SIGQUIT", R"(["/docker-entrypoint.sh"])",
               R"(["nginx","-g","daemon off;"])", "/", busybox, "nginx", nginx},
    base_image{"nginx", "*", "SIGQUIT", R"(["/docker-entrypoint.sh"])",
               R"(["nginx","-g","daemon off;"])", "/", dash, "nginx", nginx},

    base_image{"httpd", "*alpine*", "SIGWINCH", "[]", R"(["httpd-foreground"])",
               "/usr/local/apache2", busybox, "httpd", httpd},
    base_image{"httpd", "*", "SIGWINCH", "[]", R"(["httpd-foreground"])", "/usr/local/apache2",
               dash, "httpd", httpd},

    base_image{"php", "*fpm-alpine*", "SIGQUIT", R"(["docker-php-entrypoint"])", R"(["php-fpm"])",
               "/var/www/html", busybox, "php-fpm", php},
    base_image{"php", "*fpm*", "SIGQUIT", R"(["docker-php-entrypoint"])", R"(["php-fpm"])",
               "/var/www/html", dash, "php-fpm", php},
    base_image{"php", "*apache*", "SIGWINCH", R"(["docker-php-entrypoint"])",
               R"(["apache2-foreground"])", "/var/www/html", dash, "httpd", php},
    base_image{"php", "*alpine*", term, R"(["docker-php-entrypoint"])", R"(["php","-a"])", "/",
               busybox, "php", php},
    base_image{"php", "*", term, R"(["docker-php-entrypoint"])", R"(["php","-a"])", "/", dash,
               "php", php},

    base_image{"postgres", "*alpine*", "SIGINT", script, R"(["postgres"])", "/", busybox,
               "postgres", postgres},
    base_image{"postgres", "*", "SIGINT", script, R"(["postgres"])", "/", dash, "postgres",
               postgres},
    base_image{"redis", "*alpine*", term, script, R"(["redis-server"])", "/data", busybox, "redis",
               redis},
    base_image{"redis", "*", term, script, R"(["redis-server"])", "/data", dash, "redis", redis},
    base_image{"mysql", "*", term, script, R"(["mysqld"])", "/", unknown, "mysql", mysql},
    base_image{"rabbitmq", "*alpine*", term, script, R"(["rabbitmq-server"])", "/", busybox,
               "rabbitmq", rabbitmq},
    base_image{"rabbitmq", "*", term, script, R"(["rabbitmq-server"])", "/", dash, "rabbitmq",
               rabbitmq},

    base_image{"haproxy", "*alpine*", "SIGUSR1", "",
               R"(["haproxy","-f","/usr/local/etc/haproxy/haproxy.cfg"])", "", busybox, "haproxy",
               haproxy},
    base_image{"haproxy", "*", "SIGUSR1", "",
               R"(["haproxy","-f","/usr/local/etc/haproxy/haproxy.cfg"])", "", dash, "haproxy",
               haproxy},
    base_image{"caddy", "*builder*", term, "[]", "", "", busybox, "go", caddy},
    base_image{"caddy", "*", term, "[]",
               R"(["caddy","run","--config","/etc/caddy/Caddyfile","--adapter","caddyfile"])", "",
               busybox, "caddy", caddy},
    base_image{"traefik", "v1*", term, "", "", "", unknown, "traefik", traefik},
    base_image{"traefik", "*", term, R"(["/entrypoint.sh"])", R"(["traefik"])", "/", busybox,
               "traefik", traefik},

    base_image{"node", "*alpine*", term, script, R"(["node"])", "/", busybox, "node", node},
    base_image{"node", "*", term, script, R"(["node"])", "/", dash, "node", node},
    base_image{"python", "*alpine*", term, "[]", R"(["python3"])", "/", busybox, "python", python},
    base_image{"python", "*", term, "[]", R"(["python3"])", "/", dash, "python", python},
    base_image{"golang", "*alpine*", term, "[]", R"(["/bin/sh"])", "/go", busybox, "go", golang},
    base_image{"golang", "*", term, "[]", R"(["bash"])", "/go", dash, "go", golang},
    base_image{"openjdk", "*alpine*", term, "[]", "", "/", busybox, "java", openjdk},
    base_image{"openjdk", "*oracle*", term, "[]", "", "/", bash, "java", openjdk},
    base_image{"openjdk", "*", term, "[]", "", "/", unknown, "java", openjdk},
    base_image{"eclipse-temurin", "*alpine*", term, R"(["/__cacert_entrypoint.sh"])", "", "/",
               busybox, "java", temurin},
    base_image{"eclipse-temurin", "*ubi*", term, R"(["/__cacert_entrypoint.sh"])", "", "/", bash,
               "java", temurin},
    base_image{"eclipse-temurin", "*", term, R"(["/__cacert_entrypoint.sh"])", "", "/", dash,
               "java", temurin},

    base_image{"gcr.io/distroless/static*", "*debug*", term, "", "", "/", busybox, "", distroless},
    base_image{"gcr.io/distroless/*", "*debug*", term, "", "", "", busybox, "", distroless},
    base_image{"gcr.io/distroless/java*", "*", term, R"(["/usr/bin/java","-jar"])", "[]", "", none,
               "java", distroless},
    base_image{"gcr.io/distroless/nodejs*", "*", term, R"(["/nodejs/bin/node"])", "[]", "", none,
               "node", distroless},
    base_image{"gcr.io/distroless/python*", "*", term, "", "[]", "", none, "python", distroless},
    base_image{"gcr.io/distroless/*", "*", term, "[]", "[]", "", none, "", distroless},

    base_image{"debian", "*", term, "[]", R"(["bash"])", "/", dash, "", debian},
    base_image{"ubuntu", "*", term, "[]", R"(["/bin/bash"])", "/", dash, "", ubuntu},
    base_image{"alpine", "*", term, "[]", R"(["/bin/sh"])", "/", busybox, "", alpine},
    base_image{"fedora", "*", term, "[]", R"(["/bin/bash"])", "/", bash, "", red_hat},
    base_image{"rockylinux*", "*", term, "[]", R"(["/bin/bash"])", "/", bash, "", red_hat},
    base_image{"almalinux*", "*", term, "[]", R"(["/bin/bash"])", "/", bash, "", red_hat},
    base_image{"amazonlinux", "*", term, "[]", R"(["/bin/bash"])", "/", bash, "", red_hat},
    base_image{"registry.access.redhat.com/ubi[8-9]/ubi*", "*", term, "[]", R"(["/bin/bash"])", "/",
               bash, "", red_hat},
    base_image{"busybox", "*", term, "[]", R"(["sh"])", "/", busybox, "", busybox_image},
};

/// *, and [0-8] for one character between two.
bool fits(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t star_text = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            star_text = t;
        } else if (p + 4 < pattern.size() && pattern[p] == '[' && text[t] >= pattern[p + 1] &&
                   text[t] <= pattern[p + 3]) {
            p += 5;
            ++t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++star_text;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') {
        ++p;
    }
    return p == pattern.size();
}

}  // namespace

std::span<const base_image> base_images() { return images; }

image_reference read_image_reference(std::string_view text) {
    image_reference made;
    if (const auto at = text.find('@'); at != std::string_view::npos) {
        made.digest = text.substr(at + 1);
        text = text.substr(0, at);
    }
    const auto slash = text.rfind('/');
    const auto colon = text.find(':', slash == std::string_view::npos ? 0 : slash);
    if (colon != std::string_view::npos) {
        made.tag = text.substr(colon + 1);
        text = text.substr(0, colon);
    }
    for (const std::string_view registry :
         {"docker.io/", "index.docker.io/", "registry-1.docker.io/", "library/",
          "public.ecr.aws/docker/library/", "mirror.gcr.io/library/"}) {
        if (text.starts_with(registry)) {
            text.remove_prefix(registry.size());
        }
    }
    made.name = text;
    return made;
}

const base_image* find_base_image(const image_reference& image) {
    if (image.name.size() > 256 || image.tag.size() > 256) {
        return nullptr;
    }
    const auto found = std::find_if(images.begin(), images.end(), [&](const base_image& one) {
        return fits(one.name, image.name) && fits(one.tags, image.tag);
    });
    return found == images.end() ? nullptr : &*found;
}

}  // namespace lastcall::lint

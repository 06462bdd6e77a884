// What configurations are told beyond which rule fires on which line (rules/corpus_test.cpp).
#include <gtest/gtest.h>

#include <iterator>

#include "lint/conf/conf_kind.hpp"
#include "lint/engine/folder.hpp"
#include "lint/engine/linter.hpp"
#include "lint/text/mutation.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

std::vector<finding> lint_conf(const test_folder& in, bool fixes = false) {
    using namespace std::chrono;
    std::vector<finding> made;
    lint({{in.path()}, year(2026) / 6 / 1, fixes}, [&](std::span<const finding> found) {
        made.insert(made.end(), found.begin(), found.end());
    });
    return made;
}

TEST(Configuration, IsMendedAtItsPlaceOnce) {
    test_folder in;
    const auto uwsgi = in.add("a/uwsgi.ini", "[uwsgi]\r\nmaster = true\r\nhttp = :80\r\n");
    const auto spring = in.add("b/application.yml", "server: {shutdown: immediate} # fast\n");
    for (const finding& one : lint_conf(in, true)) {
        EXPECT_TRUE(one.is_fixed) << one.what;
    }
    EXPECT_EQ(bytes_of(uwsgi), "[uwsgi]\r\nmaster = true\r\ndie-on-term = true\r\nhttp = :80\r\n");
    EXPECT_EQ(bytes_of(spring), "server: {shutdown: graceful} # fast\n");
    EXPECT_TRUE(lint_conf(in, true).empty());
}

TEST(Configuration, ATunnelMakesAHaproxyWithoutALimitWorse) {
    test_folder in;
    const std::string begin = "global\n maxconn 10\ndefaults\n timeout client 5s\n";
    in.add("haproxy.cfg", begin + "frontend web\n bind :80\n");
    ASSERT_EQ(lint_conf(in).size(), 1U);
    EXPECT_EQ(lint_conf(in)[0].how, severity::note);
    in.add("haproxy.cfg", begin + " timeout tunnel 1h\nfrontend web\n bind :80\n");
    ASSERT_EQ(lint_conf(in).size(), 1U);
    EXPECT_EQ(lint_conf(in)[0].how, severity::warning);
    in.add("haproxy.cfg", begin + " mode tcp\nfrontend web\n bind :80\n");
    EXPECT_EQ(lint_conf(in)[0].how, severity::warning);
    in.add("haproxy.cfg", begin + " mode tcp\nfrontend web\n mode http\n bind :80\n");
    ASSERT_EQ(lint_conf(in).size(), 1U);
    EXPECT_EQ(lint_conf(in)[0].how, severity::note);
}

TEST(Configuration, IsKnownByItsFolderToo) {
    EXPECT_EQ(conf_kind_at("/etc/supervisor/conf.d/nginx.conf"), conf_kind::supervisor);
    EXPECT_EQ(conf_kind_at("/etc/supervisord.d/worker.ini"), conf_kind::supervisor);
    EXPECT_EQ(conf_kind_at("/srv/supervisor/worker.conf"), conf_kind::supervisor);
    EXPECT_EQ(conf_kind_at("/srv/supervisor/nginx.conf"), conf_kind::nginx);
    EXPECT_EQ(conf_kind_at("/srv/supervisor/worker.py"), conf_kind::none);
    EXPECT_EQ(conf_kind_at("/etc/nginx/conf.d/web.conf"), conf_kind::none);
}

TEST(Configuration, IsKnownByItsName) {
    EXPECT_EQ(conf_kind_of("nginx.conf"), conf_kind::nginx);
    EXPECT_EQ(conf_kind_of("Caddyfile"), conf_kind::caddy);
    EXPECT_EQ(conf_kind_of("Procfile.dev"), conf_kind::procfile);
    EXPECT_EQ(conf_kind_of("application-prod.yml"), conf_kind::spring_yaml);
    EXPECT_EQ(conf_kind_of("fly.toml"), conf_kind::fly);
    for (const char* name : {"nginx.md", "caddy.go", "application.py", "poetry.lock", "puma.rs",
                             "profile", "supervisor.py", "gunicorn.py"}) {
        EXPECT_EQ(conf_kind_of(name), conf_kind::none) << name;
    }
}

/// Every fixture with bytes lost, doubled and changed: it finds an end, and its places are of the
/// file.
TEST(Configuration, OfGarbageFindsAnEnd) {
    std::uint32_t state = 7;
    for (const auto& entry : fs::recursive_directory_iterator(LINT_CORPUS "/conf")) {
        const auto name = entry.path().filename().string();
        if (!entry.is_regular_file() || conf_kind_of(name) == conf_kind::none) {
            continue;
        }
        const auto good = bytes_of(entry.path());
        for (int round = 0; round < 8; ++round) {
            std::string text = good;
            for (int i = 0; i < 3 && !text.empty(); ++i) {
                text = mutated(std::move(text), state);
            }
            test_folder in;
            in.add(name, text);
            for (const finding& one : lint_conf(in)) {
                EXPECT_LE(one.at.offset + one.at.size, text.size()) << name << "\n" << text;
            }
        }
    }
}

}  // namespace
}  // namespace lastcall::lint

#include "core/software.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/supervisor.hpp"

namespace lastcall::core {
namespace {

bool is_list(std::string_view text) {
    return text.size() > 2 && text.front() == ' ' && text.back() == ' ';
}

TEST(Software, EachRowNamesProgramsSignalsAndWhoSaysSo) {
    for (const software& one : all_software()) {
        EXPECT_TRUE(is_list(one.programs)) << one.name;
        EXPECT_TRUE(is_list(one.orderly)) << one.name;
        EXPECT_TRUE(one.ends_in_order(one.best())) << one.name;
        EXPECT_FALSE(one.other.empty()) << one.name;
        EXPECT_TRUE(one.source.starts_with("http")) << one.name;
    }
}

TEST(Software, IsFoundByItsFileOrWhatItCallsItself) {
    EXPECT_EQ(find_software("php-fpm8.2")->name, "PHP-FPM");
    EXPECT_EQ(find_software("PM2 v5.3.0: God")->name, "pm2");
    EXPECT_EQ(find_software("puma")->best(), "TERM");
    EXPECT_EQ(find_software("runsvdir")->best(), "HUP");
    EXPECT_EQ(find_software("nginx-exporter"), nullptr);
    EXPECT_EQ(find_software(""), nullptr);
}

TEST(Software, SigtermIsNoEndInOrderForThese) {
    for (const char* name :
         {"nginx", "php-fpm", "apache2", "haproxy", "postgres", "uwsgi", "runsvdir"}) {
        EXPECT_FALSE(find_software(name)->ends_in_order("TERM")) << name;
    }
    for (const char* name : {"caddy", "traefik", "envoy", "s6-svscan", "runsv", "supervisord"}) {
        EXPECT_TRUE(find_software(name)->ends_in_order("TERM")) << name;
    }
}

TEST(Supervisor, EachRowIsComplete) {
    for (const supervisor& one : all_supervisors()) {
        EXPECT_TRUE(is_list(one.processes)) << one.name;
        EXPECT_FALSE(one.signal.empty()) << one.name;
        EXPECT_GT(one.wait.count(), 0) << one.name;
        EXPECT_TRUE(one.source.starts_with("http")) << one.name;
    }
    EXPECT_EQ(find_supervisor("foreman: master")->name, "foreman");
    EXPECT_EQ(find_supervisor("bash"), nullptr);
}

}  // namespace
}  // namespace lastcall::core

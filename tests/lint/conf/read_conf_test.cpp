#include "lint/conf/read_conf.hpp"

#include <gtest/gtest.h>

#include "support/sanitized.hpp"

namespace lastcall::lint {
namespace {

std::string words_of(const conf_item& item) {
    std::string made = item.name;
    for (const auto& word : item.words) {
        made += "|" + word.text.text();
    }
    return made;
}

/// "1:name|word" of each item: its line, its depth in blanks, its words.
std::vector<std::string> shown(const conf_file& file) {
    std::vector<std::string> made;
    for (const auto& one : file.items) {
        std::string depth;
        for (const auto* at = file.parent(one); at != nullptr; at = file.parent(*at)) {
            depth += " ";
        }
        made.push_back(std::to_string(one.at.line) + ":" + depth + words_of(one));
    }
    return made;
}

using list = std::vector<std::string>;

TEST(NginxConf, HasBlocksAndWordsWithPlaces) {
    const std::string text =
        "worker_shutdown_timeout 10s; # why\nhttp {\n  log_format x 'a \"b\" '\n    \"c\\\"d\";\n"
        "  server { location ~ \\.php$ { set $a ${b}c; } listen 80; }\n}\n# end\n";
    const auto file = read_braces(text, brace_style::nginx);
    EXPECT_EQ(shown(file),
              (list{"1:worker_shutdown_timeout|10s", "2:http", "3: log_format|x|a \"b\" |c\"d",
                    "5: server", "5:  location|~|\\.php$", "5:   set|$a|${b}c", "5:  listen|80"}));
    EXPECT_TRUE(file.problems.empty());
    ASSERT_EQ(file.comments.size(), 2U);
    EXPECT_FALSE(file.comments[0].is_alone);
    EXPECT_TRUE(file.comments[1].is_alone);
    EXPECT_EQ(file.items[0].words[0].at.column, 25U);
    EXPECT_EQ(file.items[2].words[2].at.line, 4U);
    EXPECT_EQ(file.items[2].lines, (statement_lines{3, 4}));
    EXPECT_EQ(file.items[1].lines, (statement_lines{2, 6}));
    const auto* http = file.last_in(nullptr, "http");
    ASSERT_NE(http, nullptr);
    EXPECT_EQ(file.in(http, "server").size(), 1U);
    EXPECT_EQ(file.last_in(nullptr, "listen"), nullptr);
    EXPECT_TRUE(file.is_within(*file.all("listen").at(0), "http"));
}

TEST(NginxConf, TellsWhatIsMissingAndReadsOn) {
    const auto file = read_braces("a b }\n{ c 1; }\nd \"open;\n", brace_style::nginx);
    EXPECT_EQ(file.problems.size(), 5U);
    EXPECT_EQ(shown(file), (list{"1:a|b", "2:", "2: c|1", "3:d|open;\n"}));
    EXPECT_EQ(read_braces("a { b 1;", brace_style::nginx).problems.size(), 1U);
}

TEST(Caddyfile, HasItemsOfALine) {
    const auto file = read_braces(
        "{\n  grace_period 10s\n}\nexample.com {\n\treverse_proxy {args[0]} `a b` # c\n\theader "
        "{\n\t\tX y\n\t}\n}\n",
        brace_style::caddy);
    EXPECT_EQ(shown(file), (list{"1:", "2: grace_period|10s", "4:example.com",
                                 "5: reverse_proxy|{args[0]}|a b", "6: header", "7:  X|y"}));
    EXPECT_TRUE(file.problems.empty());
}

TEST(HaproxyConf, HasSections) {
    const auto file = read_haproxy(
        "global\n  maxconn 100\n\ndefaults a\n  timeout client 1m # c\nfrontend \"x y\"\n"
        "  bind :80 a\\ b 'c #'\n");
    EXPECT_EQ(shown(file), (list{"1:global", "2: maxconn|100", "4:defaults|a",
                                 "5: timeout|client|1m", "6:frontend|x y", "7: bind|:80|a b|c #"}));
    EXPECT_EQ(file.items[0].lines, (statement_lines{1, 2}));
    EXPECT_EQ(file.items[5].words[2].at.column, 17U);
    EXPECT_EQ(file.comments.size(), 1U);
    EXPECT_EQ(read_haproxy("bind :80\nlog \"x\n").problems.size(), 3U);
}

TEST(IniConf, IsReadAsPhpDoes) {
    const auto file = read_ini(
        "; top\n[global]\nprocess_control_timeout = 10s ; why\n[www]\nlisten = \"a;b\" "
        ";c\npm=static\nx\n=1\n[y\n",
        ini_style::php);
    EXPECT_EQ(shown(file), (list{"2:global", "3: process_control_timeout|10s", "4:www",
                                 "5: listen|a;b", "6: pm|static"}));
    EXPECT_EQ(file.comments.size(), 3U);
    EXPECT_EQ(file.problems.size(), 3U);
    EXPECT_EQ(file.items[1].words[0].at.column, 27U);
    EXPECT_EQ(file.items[1].words[0].at.size, 3U);
}

TEST(IniConf, IsReadAsUwsgiAndSupervisorDo) {
    const auto uwsgi = read_ini("[uwsgi]\ndie-on-term = true ; no comment\n", ini_style::uwsgi);
    EXPECT_EQ(uwsgi.items.at(1).value(), "true ; no comment");
    const auto supervisor = read_ini(
        "[program:web]\ncommand: run a;b ;c\nenvironment=A=1,\n   B=2\nstopwaitsecs=5 ; why\n",
        ini_style::supervisor);
    EXPECT_EQ(shown(supervisor), (list{"1:program:web", "2: command|run a;b",
                                       "3: environment|A=1,\nB=2", "5: stopwaitsecs|5"}));
    const auto& environment = supervisor.items[2];
    EXPECT_EQ(supervisor.lines.at(environment.words[0].text.offset_of(5)).line, 4U);
    EXPECT_EQ(environment.lines, (statement_lines{3, 4}));
}

TEST(IniConf, IsReadAsTomlIsAsFarAsNeeded) {
    const auto file = read_ini(
        "a = 1 # c\n[entryPoints.web.transport.lifeCycle]\n  graceTimeOut = \"10s\" # d\n"
        "  list = [\n    1, # e\n    \"]\"\n  ]\n[[x]]\nt = '''\n[no]\n'''\nu = 'v'\n",
        ini_style::toml);
    EXPECT_EQ(shown(file),
              (list{"1:a|1", "2:entryPoints.web.transport.lifeCycle", "3: graceTimeOut|10s",
                    "4: list|[\n    1, # e\n    \"]\"\n  ]", "8:x", "9: t|\n[no]\n", "12: u|v"}));
    EXPECT_TRUE(file.items[2].words[0].is_quoted);
}

TEST(PropertiesConf, IsReadAsJavaDoes) {
    const auto file = read_properties(
        "# c\n! d\nserver.shutdown=graceful\nspring.x : a\\\n    b\nkey value\\n\nempty\n\\ =x\n");
    EXPECT_EQ(shown(file), (list{"3:server.shutdown|graceful", "4:spring.x|ab", "6:key|value\n",
                                 "7:empty|", "8: |x"}));
    EXPECT_EQ(file.comments.size(), 2U);
    EXPECT_EQ(file.items[1].lines, (statement_lines{4, 5}));
    EXPECT_EQ(file.lines.at(file.items[1].words[0].text.offset_of(1)).line, 5U);
}

TEST(Conf, GarbageIsReadToItsEnd) {
    const std::string parts[] = {"{",      "}",       "a {\n",    "a;",    "\"",
                                 "'x\n",   "#",       "${}",      "\\",    "a\n",
                                 "[a\n",   "[a]\n",   "a=[\n",    "a='''", "a=b\n",
                                 " a=b\n", "a=b\\\n", "a = \"\n", " x\n",  "global\n"};
    for (const auto& part : parts) {
        std::string text = "[x]\na=b\n";
        while (text.size() < (testing::is_sanitized ? 40'000U : 400'000U)) {
            text += part;
        }
        for (const auto style : {brace_style::nginx, brace_style::caddy}) {
            EXPECT_LE(read_braces(text, style).items.size(), 100'000U) << part;
        }
        for (const auto style :
             {ini_style::php, ini_style::uwsgi, ini_style::supervisor, ini_style::toml}) {
            EXPECT_LE(read_ini(text, style).items.size(), 100'000U) << part;
        }
        EXPECT_LE(read_haproxy(text).items.size(), 100'000U) << part;
        EXPECT_LE(read_properties(text).items.size(), 100'000U) << part;
    }
}

}  // namespace
}  // namespace lastcall::lint

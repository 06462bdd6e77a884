#include "lint/dockerfile/docker_image.hpp"

#include <gtest/gtest.h>

#include "lint/dockerfile/copied_file.hpp"
#include "sys/signal/signal_names.hpp"

namespace lastcall::lint {
namespace {

using namespace std::chrono_literals;

/// A Dockerfile with what it makes; what is made points into the other two.
struct built {
    explicit built(std::string given)
        : text(std::move(given)), file(read_dockerfile(text)), build(evaluate(file)) {}

    std::string text;
    dockerfile file;
    docker_build build;

    [[nodiscard]] const docker_stage& last() const { return *build.target(); }
};

std::string words_of(const std::optional<docker_command>& command) {
    if (!command) {
        return "?";
    }
    if (command->is_empty()) {
        return "";
    }
    std::string made = command->is_json ? "" : "sh: " + command->script.text();
    for (const auto& word : command->words) {
        made += "[" + word.text() + "]";
    }
    return made;
}

TEST(DockerImage, TheLaterOneHoldsAndTheOthersAreListed) {
    const built made("FROM scratch\nCMD a\nENTRYPOINT [\"b\"]\nCMD [\"c\", \"d\"]\nENTRYPOINT e\n");
    EXPECT_EQ(words_of(made.last().entrypoint), "sh: e");
    EXPECT_EQ(words_of(made.last().cmd), "[c][d]");
    ASSERT_EQ(made.last().replaced.size(), 2U);
    EXPECT_EQ(made.last().replaced[0]->lines.first, 2U);
    EXPECT_EQ(made.last().replaced[1]->lines.first, 3U);
}

TEST(DockerImage, AnEntrypointTakesBackTheCommandFromBelowOnly) {
    const built child("FROM scratch AS a\nCMD [\"x\"]\nFROM a\nENTRYPOINT [\"b\"]\n");
    EXPECT_EQ(words_of(child.last().cmd), "");
    ASSERT_NE(child.last().cleared_cmd, nullptr);
    EXPECT_EQ(child.last().cleared_cmd->lines.first, 2U);
    const built same("FROM scratch AS a\nCMD [\"x\"]\nENTRYPOINT [\"b\"]\nFROM a\n");
    EXPECT_EQ(words_of(same.last().cmd), "[x]");
    EXPECT_EQ(words_of(same.last().entrypoint), "[b]");
    const built image("FROM node:20\nENTRYPOINT [\"tini\", \"--\"]\n");
    EXPECT_EQ(words_of(image.last().cmd), "");
}

TEST(DockerImage, HasWhatItsBaseImageHas) {
    const built nginx("FROM docker.io/library/nginx:1.25-alpine@sha256:00\n");
    ASSERT_TRUE(nginx.last().stop_signal);
    EXPECT_EQ(nginx.last().stop_signal->value.text.text(), "SIGQUIT");
    EXPECT_EQ(nginx.last().stop_signal->from, nullptr);
    EXPECT_EQ(words_of(nginx.last().cmd), "[nginx][-g][daemon off;]");
    EXPECT_EQ(nginx.last().known->shell, shell_kind::busybox);
    const built other("FROM example.com/own:1\n");
    EXPECT_EQ(other.last().known, nullptr);
    EXPECT_FALSE(other.last().stop_signal);
    EXPECT_FALSE(other.last().cmd);
    const built unknown("ARG BASE\nFROM $BASE\nSTOPSIGNAL SIGQUIT\n");
    EXPECT_FALSE(unknown.last().base.is_known);
    EXPECT_EQ(unknown.last().stop_signal->value.text.text(), "SIGQUIT");
}

TEST(DockerImage, FollowsStagesByNameAndNumber) {
    const built made(
        "ARG V=3.18\nFROM alpine:${V} AS Base\nSTOPSIGNAL SIGINT\nUSER app\n"
        "FROM base AS two\nFROM golang:1.22 AS build\n");
    ASSERT_EQ(made.build.stages.size(), 3U);
    EXPECT_EQ(made.build.stages[0].image.tag, "3.18");
    EXPECT_EQ(made.build.stages[1].base_stage, 0U);
    EXPECT_EQ(made.build.target("TWO")->stop_signal->value.text.text(), "SIGINT");
    EXPECT_EQ(made.build.target("1")->user->value.text.text(), "app");
    EXPECT_EQ(made.build.target("none"), nullptr);
    EXPECT_EQ(made.last().name, "build");
    EXPECT_EQ(made.last().known->runtime, "go");
}

TEST(DockerImage, PutsInArgumentsAndTheEnvironment) {
    const built made(
        "ARG OUT=/o\nFROM scratch\nARG OUT\nARG SIG=QUIT\nENV NAME=\"x y\" DIR=$OUT/d\nENV OLD a  "
        "b\n"
        "STOPSIGNAL SIG$SIG\nWORKDIR $DIR\nWORKDIR sub\nENV SIG=INT\nUSER ${SIG}\n");
    EXPECT_EQ(made.last().stop_signal->value.text.text(), "SIGQUIT");
    EXPECT_EQ(made.last().workdir, "/o/d/sub");
    EXPECT_EQ(made.last().environment.find("NAME"), std::optional(std::optional("x y")));
    EXPECT_EQ(made.last().environment.find("OLD"), std::optional(std::optional("a  b")));
    EXPECT_EQ(made.last().user->value.text.text(), "INT") << "ENV goes before ARG";
    const built unknown("FROM example.com/x\nARG S\nSTOPSIGNAL $S\nWORKDIR x\n");
    EXPECT_FALSE(unknown.last().stop_signal->value.is_known);
    EXPECT_FALSE(unknown.last().workdir);
}

TEST(DockerImage, AShellRunsTheShellForm) {
    const built made(
        "FROM scratch AS a\nSHELL [\"/bin/bash\", \"-c\"]\nFROM a\nCMD x\nSHELL bad\n");
    EXPECT_EQ(made.last().cmd->shell, (std::vector<std::string>{"/bin/bash", "-c"}));
    EXPECT_EQ(made.build.problems.size(), 1U);
}

TEST(DockerImage, RunsWhatOnbuildLeftForItsChild) {
    const built made("FROM scratch AS a\nONBUILD STOPSIGNAL INT\nONBUILD CMD [\"x\"]\nFROM a\n");
    EXPECT_EQ(made.build.stages[0].stop_signal->value.text.text(), "SIGTERM");
    EXPECT_EQ(made.last().stop_signal->value.text.text(), "INT");
    EXPECT_EQ(words_of(made.last().cmd), "[x]");
}

TEST(DockerImage, ReadsHealthChecks) {
    const built made(
        "FROM scratch\nHEALTHCHECK --interval=1m30s --timeout=500ms --retries=3 --start-period=x "
        "CMD curl -f http://localhost/\n");
    const auto& health = made.last().health;
    ASSERT_TRUE(health);
    EXPECT_EQ(health->interval, 90s);
    EXPECT_EQ(health->timeout, 500ms);
    EXPECT_EQ(health->retries, 3);
    EXPECT_FALSE(health->start_period);
    EXPECT_EQ(health->command.script.text(), "curl -f http://localhost/");
    EXPECT_TRUE(built("FROM scratch\nHEALTHCHECK NONE\n").last().health->is_off);
    EXPECT_TRUE(built("FROM scratch\nHEALTHCHECK CMD [\"a\"]\n").last().health->command.is_json);
}

TEST(DockerImage, OfGarbageStaysSmall) {
    std::string text;
    for (int i = 0; i < 3000; ++i) {
        text += "FROM a AS a\nENV V" + std::to_string(i) + "=1\nONBUILD ENV x=$x$x\nENV x=$x$x\n";
    }
    const built made(text);
    EXPECT_EQ(made.build.stages.size(), 250U);
    EXPECT_EQ(made.build.problems.size(), 1U);
}

std::vector<std::string> found(const built& made, std::string_view path) {
    std::vector<std::string> all;
    for (const auto& one : find_copied(made.build, made.last(), path)) {
        all.push_back(one.heredoc != nullptr ? "<<" + one.heredoc->content.text() : one.path);
    }
    return all;
}

using paths = std::vector<std::string>;

TEST(CopiedFile, IsFoundInTheContext) {
    const built made(
        "FROM scratch AS build\nCOPY src /src\nFROM alpine\nWORKDIR /app\nCOPY . .\n"
        "COPY ./bin/start.sh /usr/local/bin/\nCOPY a.sh b.sh /scripts/\nCOPY run.sh /entry\n"
        "COPY *.conf /etc/\nCOPY --from=build /src/x /x\nCOPY <<EOF /made.sh\necho\nEOF\n"
        "ADD https://example.com/y /y\n");
    EXPECT_EQ(found(made, "/app/start.sh"), (paths{"start.sh"}));
    EXPECT_EQ(found(made, "./start.sh"), (paths{"start.sh"}));
    EXPECT_EQ(found(made, "start.sh"), (paths{"bin/start.sh", "bin/start.sh/start.sh"}));
    EXPECT_EQ(found(made, "/scripts/b.sh"), (paths{"a.sh/b.sh", "b.sh", "b.sh/b.sh"}));
    EXPECT_EQ(found(made, "/entry"), (paths{"run.sh"}));
    EXPECT_EQ(found(made, "/etc/a.conf"), (paths{"a.conf"}));
    EXPECT_EQ(found(made, "/etc/a.txt"), (paths{}));
    EXPECT_EQ(found(made, "/x"), (paths{"src/x"}));
    EXPECT_EQ(found(made, "/made.sh"), (paths{"<<echo\n"}));
    EXPECT_EQ(found(made, "/y"), (paths{}));
    EXPECT_EQ(found(made, "/else"), (paths{}));
}

TEST(CopiedFile, StagesThatCopyFromEachOtherEnd) {
    std::string text = "FROM scratch AS a\nCOPY --from=a / /\n";
    for (int i = 0; i < 100; ++i) {
        text += "COPY --from=a / /\n";
    }
    EXPECT_TRUE(found(built(text), "/x").empty());
    std::string chain = "FROM scratch AS s0\nCOPY . /\n";
    for (int i = 1; i < 40; ++i) {
        chain += "FROM scratch AS s" + std::to_string(i) + "\n";
        for (int k = 0; k < 9; ++k) {
            chain += "COPY --from=s" + std::to_string(i - 1) + " /no /\n";
        }
    }
    EXPECT_TRUE(found(built(chain), "/x").empty());
}

TEST(BaseImages, AreWhatTheySayTheyAre) {
    EXPECT_GE(base_images_version, 1);
    for (const auto& one : base_images()) {
        SCOPED_TRACE(std::string(one.name) + ":" + std::string(one.tags));
        EXPECT_TRUE(one.source.starts_with("https://"));
        EXPECT_TRUE(one.stop_signal.empty() || sys::signal_number(one.stop_signal) != 0);
        for (const auto json : {one.entrypoint, one.cmd}) {
            EXPECT_TRUE(json.empty() || read_json_words(mapped_text(json, 0)).is_json);
        }
        EXPECT_TRUE(one.workdir.empty() || one.workdir.starts_with('/'));
    }
}

TEST(BaseImages, AreFoundByNameAndTag) {
    const auto signal = [](std::string_view text) {
        const auto* found = find_base_image(read_image_reference(text));
        return found == nullptr ? std::string("?") : std::string(found->stop_signal);
    };
    EXPECT_EQ(signal("nginx"), "SIGQUIT");
    EXPECT_EQ(signal("nginx:1.14"), "SIGTERM");
    EXPECT_EQ(signal("nginx:1.19.2"), "");
    EXPECT_EQ(signal("php:8.2-fpm"), "SIGQUIT");
    EXPECT_EQ(signal("php:8.2-fpm-alpine"), "SIGQUIT");
    EXPECT_EQ(signal("php:8-apache"), "SIGWINCH");
    EXPECT_EQ(signal("php:8-cli"), "SIGTERM");
    EXPECT_EQ(signal("library/httpd:2.4"), "SIGWINCH");
    EXPECT_EQ(signal("postgres:16"), "SIGINT");
    EXPECT_EQ(signal("haproxy:2.9"), "SIGUSR1");
    EXPECT_EQ(signal("example.com/nginx"), "?");
    EXPECT_EQ(signal("localhost:5000/nginx:1"), "?");
    const auto* java = find_base_image(read_image_reference("gcr.io/distroless/java17-debian12"));
    ASSERT_NE(java, nullptr);
    EXPECT_EQ(java->shell, shell_kind::none);
    EXPECT_EQ(find_base_image(read_image_reference("gcr.io/distroless/base:debug"))->shell,
              shell_kind::busybox);
}

TEST(GoDuration, IsReadAsGoReadsIt) {
    EXPECT_EQ(go_duration("1m30s"), 90s);
    EXPECT_EQ(go_duration("1.5h"), 90min);
    EXPECT_EQ(go_duration("0"), 0s);
    EXPECT_EQ(go_duration("250us"), 250us);
    for (const char* bad : {"", "1", "s", "1x", "-1s", "1s ", "1e3s", "infs", "nans"}) {
        EXPECT_FALSE(go_duration(bad)) << bad;
    }
}

TEST(JoinedPath, EndsAtTheRoot) {
    EXPECT_EQ(joined_path("/a", "b/./../c//"), "/a/c");
    EXPECT_EQ(joined_path("/a", "../../.."), "/");
    EXPECT_EQ(joined_path("/a", "/b"), "/b");
    EXPECT_EQ(joined_path("", ""), "/");
}

}  // namespace
}  // namespace lastcall::lint

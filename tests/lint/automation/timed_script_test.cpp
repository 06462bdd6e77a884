#include "lint/automation/timed_script.hpp"

#include <gtest/gtest.h>

#include "lint/automation/expressions.hpp"
#include "lint/automation/module_command.hpp"

namespace lastcall::lint {
namespace {

using namespace std::chrono_literals;

struct read_scripts {
    std::string text;
    yaml_file file;
    std::vector<timed_script> all;

    read_scripts(automation_kind kind, std::string given)
        : text(std::move(given)),
          file(read_yaml(text, yaml_braces::are_text)),
          all(timed_scripts(kind, file)) {}
};

/// The limit of the only script, in seconds; -1: none is known.
long only_limit(automation_kind kind, const std::string& text) {
    const read_scripts read(kind, text);
    if (read.all.size() != 1) {
        return -2;
    }
    return read.all[0].limit ? static_cast<long>(read.all[0].limit->after / 1s) : -1;
}

TEST(AutomationKind, IsToldByKeysThatOnlyOneOfThemHas) {
    EXPECT_EQ(automation_kind_of("name: build\non: push\njobs:\n  a: {}\n", "a.yml"),
              automation_kind::workflow);
    EXPECT_EQ(automation_kind_of("\"on\":\n  push:\njobs:\n", "a.yml"), automation_kind::workflow);
    EXPECT_EQ(automation_kind_of("version: 2.1\njobs:\n  a: {}\n", "config.yml"),
              automation_kind::none);
    EXPECT_EQ(automation_kind_of("on: push\n", "a.yml"), automation_kind::none);
    EXPECT_EQ(automation_kind_of("a:\n  script: b\n", ".gitlab-ci.yml"), automation_kind::pipeline);
    EXPECT_EQ(automation_kind_of("a:\n  script: b\n", "deploy.gitlab-ci.yml"),
              automation_kind::pipeline);
    EXPECT_EQ(automation_kind_of("a:\n  script: b\n", "a.yml"), automation_kind::none);
    EXPECT_EQ(automation_kind_of("---\n- hosts: web\n  roles: []\n", "site.yml"),
              automation_kind::playbook);
    EXPECT_EQ(automation_kind_of("- name: a\n  ansible.builtin.shell: b\n", "main.yml"),
              automation_kind::playbook);
    EXPECT_EQ(automation_kind_of("hosts: web\ntasks: []\n", "a.yml"), automation_kind::none);
    EXPECT_EQ(automation_kind_of("- id: a\n  name: b\n", "a.yml"), automation_kind::none);
    EXPECT_EQ(automation_kind_of("", "a.yml"), automation_kind::none);
}

TEST(Workflow, TheShorterOfTheStepsAndTheJobsTimeIsTheLimit) {
    const auto limit = [](const std::string& job, const std::string& step) {
        return only_limit(automation_kind::workflow, "on: push\njobs:\n  a:\n    runs-on: x\n" +
                                                         job + "    steps:\n      - run: b\n" +
                                                         step);
    };
    EXPECT_EQ(limit("", ""), 360 * 60);
    EXPECT_EQ(limit("    timeout-minutes: 5\n", ""), 300);
    EXPECT_EQ(limit("    timeout-minutes: 5\n", "        timeout-minutes: 2\n"), 120);
    EXPECT_EQ(limit("    timeout-minutes: 5\n", "        timeout-minutes: 9\n"), 300);
    EXPECT_EQ(limit("    timeout-minutes: 5\n", "        timeout-minutes: ${{ inputs.t }}\n"), 300);
    EXPECT_EQ(limit("    timeout-minutes: ${{ inputs.t }}\n", ""), -1);
    EXPECT_EQ(limit("    timeout-minutes: 0\n", ""), -1);
}

TEST(Workflow, OnlyScriptsOfAShellAreRead) {
    const read_scripts read(automation_kind::workflow,
                            "on: push\njobs:\n  a:\n    defaults: {run: {shell: pwsh}}\n"
                            "    steps:\n      - run: a\n      - {run: b, shell: bash -e}\n"
                            "      - {run: c, shell: python}\n      - uses: d\n");
    ASSERT_EQ(read.all.size(), 1U);
    EXPECT_EQ(read.all[0].text.text(), "b");
}

TEST(Pipeline, TimesAreWrittenInWords) {
    const auto limit = [](const std::string& time) {
        return only_limit(automation_kind::pipeline, "a:\n  script: b\n  timeout: " + time + "\n");
    };
    EXPECT_EQ(limit("30 minutes"), 1800);
    EXPECT_EQ(limit("3h 30m"), 12600);
    EXPECT_EQ(limit("1 hour and 30 minutes"), 5400);
    EXPECT_EQ(limit("1 day, 2 hrs"), 93600);
    EXPECT_EQ(limit("90s"), 90);
    EXPECT_EQ(limit("10"), -1);
    EXPECT_EQ(limit("soon"), -1);
    EXPECT_EQ(limit("$[[ inputs.t ]]"), -1);
}

TEST(Pipeline, TheDefaultIsForJobsThatExtendNothing) {
    const auto limit = [](const std::string& more) {
        return only_limit(automation_kind::pipeline,
                          "default: {timeout: 5m}\na:\n  script: b\n" + more);
    };
    EXPECT_EQ(limit(""), 300);
    EXPECT_EQ(limit("  timeout: 9m\n"), 540);
    EXPECT_EQ(limit("  extends: .b\n"), -1);
    EXPECT_EQ(limit("  inherit: {default: false}\n"), -1);
}

TEST(Playbook, TheNearestTimeoutHoldsAndAsyncWhenItIsShorter) {
    const auto limit = [](const std::string& play, const std::string& task) {
        return only_limit(automation_kind::playbook,
                          "- hosts: a\n" + play + "  tasks:\n    - command: b\n" + task);
    };
    EXPECT_EQ(limit("", ""), -1);
    EXPECT_EQ(limit("  timeout: 60\n", ""), 60);
    EXPECT_EQ(limit("  timeout: 60\n", "      timeout: 90\n"), 90);
    EXPECT_EQ(limit("  timeout: 60\n", "      timeout: 0\n"), -1);
    EXPECT_EQ(limit("  timeout: 60\n", "      timeout: \"{{ t }}\"\n"), -1);
    EXPECT_EQ(limit("  timeout: 60\n", "      async: 45\n"), 45);
    EXPECT_EQ(limit("  timeout: 60\n", "      async: 45\n      poll: 5\n"), 45);
    EXPECT_EQ(limit("  timeout: 60\n", "      async: 45\n      poll: 0\n"), -1);
    EXPECT_EQ(limit("", "      async: 0\n"), -1);
}

TEST(Playbook, ALimitNamesWhatSetsIt) {
    const auto what = [](const std::string& text) {
        const read_scripts read(automation_kind::playbook, text);
        return read.all.size() == 1 && read.all[0].limit ? std::string(read.all[0].limit->what)
                                                         : std::string();
    };
    EXPECT_EQ(what("- hosts: a\n  timeout: 9\n  tasks:\n    - command: b\n"),
              "timeout of the play");
    EXPECT_EQ(what("- block:\n    - command: b\n  timeout: 9\n"), "timeout of the block");
    EXPECT_EQ(what("- command: b\n  timeout: 9\n"), "timeout of the task");
    EXPECT_EQ(what("- command: b\n  async: 9\n"), "async of the task");
}

/// What the only task of a playbook runs.
std::string command_of(const std::string& task) {
    const read_scripts read(automation_kind::playbook, "- name: a\n" + task);
    return read.all.size() == 1 ? read.all[0].text.text() : std::string();
}

TEST(Playbook, AModuleIsTheCommandThatItComesTo) {
    EXPECT_EQ(command_of("  systemd: {name: web, state: stopped}\n"), "systemctl stop web");
    EXPECT_EQ(command_of("  ansible.builtin.systemd_service:\n    name: web\n    state: restarted\n"
                         "    no_block: yes\n"),
              "systemctl restart --no-block web");
    EXPECT_EQ(command_of("  service: name=web state=restarted\n"), "systemctl restart web");
    EXPECT_EQ(command_of("  service: {name: \"{{ unit }}\", state: stopped}\n"),
              "systemctl stop \"$_\"");
    EXPECT_EQ(command_of("  service: {name: web, state: started}\n"), "");
    EXPECT_EQ(command_of("  service: {name: web, state: \"{{ wanted }}\"}\n"), "");
    EXPECT_EQ(command_of("  docker_container: {name: a b, state: absent, stop_timeout: 60}\n"),
              "docker stop -t 60 'a b'");
    EXPECT_EQ(command_of("  docker_container: {name: web, state: absent, force_kill: true}\n"), "");
    EXPECT_EQ(command_of("  community.docker.docker_compose_v2: {state: absent, timeout: 5}\n"),
              "docker compose down -t 5");
    EXPECT_EQ(command_of("  shell: docker stop web\n"), "docker stop web");
    EXPECT_EQ(command_of("  command: {cmd: docker stop web}\n"), "docker stop web");
    EXPECT_EQ(command_of("  command: {argv: [docker, stop, it's]}\n"), "docker stop 'it'\\''s' ");
    EXPECT_EQ(command_of("  copy: {src: a, dest: b}\n"), "");
}

TEST(AutomationFile, OfAliasesWithoutEndABoundedPartIsRead) {
    std::string lists = "a: &a0 [x]\n";
    std::string blocks = "- block: &a0 [{command: x}]\n";
    for (int i = 1; i <= 30; ++i) {
        const auto below = "*a" + std::to_string(i - 1);
        const auto name = std::to_string(i);
        const auto both = "[" + below + ", " + below + "]\n";
        lists.append("a").append(name).append(": &a").append(name).append(" ").append(both);
        blocks.append("- block: &a").append(name).append(" [{block: ").append(below);
        blocks.append("}, {block: ").append(below).append("}]\n");
    }
    lists += "job:\n  script: *a9\nother:\n  script: *a30\n";
    EXPECT_EQ(read_scripts(automation_kind::pipeline, lists).all.size(), 1U);
    EXPECT_LE(read_scripts(automation_kind::playbook, blocks).all.size(), 100'000U);
}

TEST(Expressions, AreVariablesThatNobodySets) {
    const auto shown = [](std::string_view text) {
        return as_variables(mapped_text(text, 100)).text();
    };
    EXPECT_EQ(shown("a ${{ b }} c"), "a ${_____} c");
    EXPECT_EQ(shown("a {{ b }}"), "a ${____}");
    EXPECT_EQ(shown("$[[ b ]]{{c}}"), "${_____}${__}");
    EXPECT_EQ(shown("[[ -n $a ]] && b {{ c"), "[[ -n $a ]] && b {{ c");
    EXPECT_EQ(shown("${a[1]} {a}"), "${a[1]} {a}");
    EXPECT_TRUE(has_expression("{{ a }}"));
    EXPECT_FALSE(has_expression("{ a }"));
}

TEST(Expressions, KeepThePlacesOfWhatIsAround) {
    const auto made = as_variables(mapped_text("a ${{ b }} c", 100));
    EXPECT_EQ(made.offset_of(0), 100U);
    EXPECT_EQ(made.offset_of(2), 102U);
    EXPECT_EQ(made.offset_of(11), 111U);
}

}  // namespace
}  // namespace lastcall::lint

// Playbooks of Ansible and files of tasks: `timeout` of a task or of what is around it, `async`.
#include <array>
#include <string>

#include "lint/automation/module_command.hpp"
#include "lint/automation/timed_script.hpp"

namespace lastcall::lint {
namespace {

using shell::run_limit;
using std::chrono::seconds;

constexpr std::string_view of_keyword =
    "Ansible, Playbook Keywords: "
    "https://docs.ansible.com/ansible/latest/reference_appendices/playbooks_keywords.html";
constexpr std::string_view of_async =
    "Ansible, Asynchronous actions and polling: "
    "https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_async.html";

constexpr std::int64_t longest_seconds = 366LL * 86400;

std::optional<run_limit> limit_of(const yaml_ref& given, std::string_view what,
                                  std::string_view source) {
    // What is quoted is a number all the same.
    std::optional<std::int64_t> value = given.integer();
    if (const auto text = given.text(); !value && text && !text->empty() && text->size() < 9 &&
                                        text->find_first_not_of("0123456789") == text->npos) {
        value = std::stoll(std::string(*text));
    }
    return value && *value > 0 && *value < longest_seconds
               ? std::optional(run_limit{seconds(*value), what, source, given.used_at()})
               : std::nullopt;
}

std::string_view name_of_timeout(const yaml_ref& item) {
    return item.get("hosts")   ? "timeout of the play"
           : item.get("block") ? "timeout of the block"
                               : "timeout of the task";
}

/// With `poll: 0` nobody waits for the task, and nobody gives it up: whatever asks for a stop so,
/// as for one of sshd, leaves it to who is asked.
bool is_left_alone(const yaml_ref& task) {
    const auto poll = task.get("poll");
    return poll && task.get("async") && poll.integer().value_or(0) == 0;
}

std::optional<run_limit> limit_around(const yaml_ref& task,
                                      const std::optional<run_limit>& around) {
    return is_left_alone(task)
               ? std::nullopt
               : first_of(limit_of(task.get("async"), "async of the task", of_async), around);
}

class playbook_reader {
public:
    explicit playbook_reader(script_list& into) : into_(into) {}

    /// `around`  what the play or the block above sets
    void read_all(const yaml_ref& list, const std::optional<run_limit>& around, int depth) {
        for (const yaml_ref& one : list.items()) {
            if (depth > deepest || !into_.next()) {
                return;
            }
            const auto own = one.get("timeout");
            const auto limit = own ? limit_of(own, name_of_timeout(one), of_keyword) : around;
            read_task(one, limit);
            for (const std::string_view key : lists) {
                read_all(one.get(key), limit, depth + 1);
            }
        }
    }

private:
    static constexpr int deepest = 20;
    static constexpr std::array<std::string_view, 7> lists{
        "pre_tasks", "tasks", "post_tasks", "handlers", "block", "rescue", "always"};

    void read_task(const yaml_ref& task, const std::optional<run_limit>& limit) {
        for (const auto& [name, arguments] : task.entries()) {
            if (!name.text() || !is_module(*name.text())) {
                continue;
            }
            if (auto command = module_command(name, arguments)) {
                into_.add({std::move(*command), limit_around(task, limit)});
            }
            return;
        }
    }

    script_list& into_;
};

}  // namespace

void read_playbook(const yaml_ref& root, script_list& into) {
    playbook_reader(into).read_all(root, std::nullopt, 0);
}

}  // namespace lastcall::lint

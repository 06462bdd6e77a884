// What the tests of stops share: a load that only keeps the order, a folder, a subject that
// has said that it is ready.
#pragma once

#include <gtest/gtest.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "drill/sequence/stop_runner.hpp"
#include "drill/subject/subject.hpp"

namespace lastcall::drill::testing {

inline constexpr std::chrono::seconds ceiling{20};

class folder {
public:
    folder() {
        std::string name = (std::filesystem::temp_directory_path() / "drill-stop.XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() { std::filesystem::remove_all(path_); }
    [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }
    /// A script that can be run.
    [[nodiscard]] std::string script(const std::string& name, const std::string& text) const {
        std::ofstream(file(name)) << text;
        std::filesystem::permissions(file(name), std::filesystem::perms::owner_all);
        return file(name);
    }

private:
    std::filesystem::path path_;
};

/// A folder whose programs come before all others, for a test.
class folder_in_path {
public:
    explicit folder_in_path(const std::string& folder) : before_(std::getenv("PATH")) {
        ::setenv("PATH", (folder + ":" + before_).c_str(), 1);
    }
    folder_in_path(const folder_in_path&) = delete;
    folder_in_path& operator=(const folder_in_path&) = delete;
    ~folder_in_path() { ::setenv("PATH", before_.c_str(), 1); }

private:
    std::string before_;
};

inline std::string text_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A load without requests: it strikes at once, and remembers in which order it was asked.
class idle_load final : public load_hooks {
public:
    moment withdraw_routes() override {
        asked.emplace_back("withdraw");
        return clock::now();
    }
    moment strike(const std::function<void()>& send) override {
        asked.emplace_back("strike");
        const auto when = clock::now();
        send();
        return when;
    }
    moment withdraw_and_strike(const std::function<void()>& send) override {
        asked.emplace_back("withdraw and strike");
        const auto when = clock::now();
        send();
        return when;
    }
    std::vector<std::string> asked;
};

/// A subject, once it has printed "ready".
struct ready_subject {
    explicit ready_subject(command_plan plan) {
        who = start_command(plan, [this](std::string_view line) { lines.emplace_back(line); });
        EXPECT_TRUE(says("ready")) << "it did not say that it is ready";
    }
    /// Waits until it has printed this line, or has ended. Returns: whether it did.
    [[nodiscard]] bool says(const std::string& line) {
        const auto until = clock::now() + ceiling;
        while (!has(line) && clock::now() < until &&
               !who->wait(clock::now() + std::chrono::milliseconds(5))) {
        }
        return has(line);
    }
    [[nodiscard]] bool has(const std::string& line) const {
        return std::find(lines.begin(), lines.end(), line) != lines.end();
    }
    std::vector<std::string> lines;
    std::unique_ptr<subject> who;
};

/// A plan, field by field.
template <typename Edit>
sequence_plan plan(const Edit& edit) {
    sequence_plan made;
    edit(made);
    return made;
}

inline pre_stop_plan hook(std::vector<std::string> argv) {
    pre_stop_plan plan;
    plan.what = pre_stop_plan::kind::exec;
    plan.exec = std::move(argv);
    return plan;
}

struct stopped {
    trial_record trial;
    std::vector<std::string> asked;
    [[nodiscard]] bool has_note(const std::string& part) const {
        return std::any_of(trial.notes.begin(), trial.notes.end(), [&](const std::string& note) {
            return note.find(part) != std::string::npos;
        });
    }
    [[nodiscard]] std::chrono::milliseconds between(mark from, mark to) const {
        EXPECT_NE(trial.marks[from], 0) << to_string(from);
        EXPECT_NE(trial.marks[to], 0) << to_string(to);
        return std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::nanoseconds(trial.marks[to] - trial.marks[from]));
    }
};

inline stopped stop(const sequence_plan& plan, subject& who, const stop_control& control = {},
                    watch_plan watched = {}) {
    stopped result;
    idle_load load;
    watched.signal = plan.signal;
    stop_watch watch(watched);
    watch.begin(who);
    run_stop(plan, who, load, watch, control, result.trial);
    watch.finish(who, result.trial);
    result.asked = load.asked;
    return result;
}

inline std::string notes_of(const trial_record& trial) {
    std::string all;
    for (const auto& note : trial.notes) {
        all += note + "\n";
    }
    return all;
}

/// Linux 6.15 tells how a process ended that is nobody's child.
inline bool kernel_tells_ends() {
    utsname kernel{};
    int major = 0;
    int minor = 0;
    return ::uname(&kernel) == 0 && std::sscanf(kernel.release, "%d.%d", &major, &minor) == 2 &&
           (major > 6 || (major == 6 && minor >= 15));
}

inline bool is_root() { return ::geteuid() == 0; }

}  // namespace lastcall::drill::testing

#include "drill_truth/drill_run.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace lastcall::drill_truth {
namespace {

using nlohmann::json;

std::filesystem::path make_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "drill-truth-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("no temporary directory " + name);
    }
    return name;
}

int run_program(std::vector<std::string> words, const std::filesystem::path& output) {
    std::vector<char*> argv;
    for (auto& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    const int child = ::fork();
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        ::dup2(file, STDOUT_FILENO);
        ::dup2(file, STDERR_FILENO);
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::string read_text(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::vector<json> read_lines(const std::filesystem::path& file) {
    std::vector<json> lines;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        lines.push_back(json::parse(line));
    }
    return lines;
}

}  // namespace

drill_run::drill_run(const drill_case& how) : folder_(make_folder()) {
    std::vector<std::string> words{LASTCALL_PROGRAM, "drill", "--quiet"};
    const auto add = [&words](std::initializer_list<std::string> more) {
        words.insert(words.end(), more);
    };
    const std::string scheme = how.uses_tls ? "https" : "http";
    add({"--url", scheme + "://127.0.0.1:{port}/"});
    if (!how.lanes.empty()) {
        std::ofstream(folder_ / "profile.yaml") << "lanes:\n" << how.lanes;
        add({"--profile", folder_ / "profile.yaml"});
    }
    words.insert(words.end(), how.flags.begin(), how.flags.end());
    add({"--json", folder_ / "result.json", "--events", folder_ / "events.ndjson", "--"});
    add({FAULTY_SERVER, "--port", "{port}", "--truth", folder_ / "truth.ndjson"});
    if (how.uses_tls) {
        add({"--tls"});
    }
    words.insert(words.end(), how.server.begin(), how.server.end());
    status_ = run_program(words, folder_ / "output");
    output_ = read_text(folder_ / "output");
    truth_ = read_lines(folder_ / "truth.ndjson");
    events_ = read_lines(folder_ / "events.ndjson");
    const auto text = read_text(folder_ / "result.json");
    if (text.empty() || events_.empty() || truth_.empty()) {
        throw std::runtime_error("the drill left no result, status " + std::to_string(status_) +
                                 ": " + output_);
    }
    result_ = json::parse(text);
}

drill_run::~drill_run() {
    for (const auto& one : truth("child")) {
        ::kill(one.at("pid").get<int>(), SIGKILL);
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::vector<json> drill_run::truth(const std::string& event, const std::string& fault) const {
    const auto begun = origin() + trial_end().at("marks").at("load_begun").get<std::int64_t>();
    std::vector<json> found;
    for (const auto& one : truth_) {
        const bool is_load = one.at("at_ns") >= begun || one.at("event") == "child";
        if (is_load && one.at("event") == event &&
            (fault.empty() || one.value("fault", "") == fault)) {
            found.push_back(one);
        }
    }
    return found;
}

std::vector<json> drill_run::exchanges(const std::string& target) const {
    std::vector<json> found;
    for (const auto& one : events_) {
        if (one.contains("exchange") && one.at("target") == target) {
            found.push_back(one);
        }
    }
    return found;
}

std::map<std::string, std::uint64_t> drill_run::outcomes(const std::string& target,
                                                         const std::string& method) const {
    std::map<std::string, std::uint64_t> counts;
    for (const auto& one : exchanges(target)) {
        if (method.empty() || one.at("method") == method) {
            ++counts[one.at("was")];
        }
    }
    return counts;
}

std::map<std::string, std::uint64_t> drill_run::quiet_ends() const {
    std::map<std::string, std::uint64_t> counts;
    for (const auto& one : events_) {
        if (one.contains("quiet_end")) {
            ++counts[one.at("was")];
        }
    }
    return counts;
}

json drill_run::trial_end() const {
    for (const auto& one : events_) {
        if (one.contains("trial_end")) {
            return one;
        }
    }
    throw std::runtime_error("the log has no end of the trial: " + output_);
}

std::set<std::string> drill_run::criteria(const std::string& standing) const {
    std::set<std::string> found;
    for (const auto& one : result_.at("criteria")) {
        if (one.at("standing") == standing) {
            found.insert(one.at("id"));
        }
    }
    return found;
}

bool drill_run::generator_was_late() const {
    constexpr std::int64_t allowed_ns = 5'000'000;
    const auto generator = trial_end().at("generator");
    return status_ == 4 &&
           (generator.at("late_p99") > allowed_ns || !generator.at("troubles").empty());
}

std::string drill_run::summary() const {
    std::ostringstream text;
    text << "status " << status_ << "\n";
    for (const auto& one : result_.at("criteria")) {
        text << one.dump() << "\n";
    }
    std::map<std::string, std::uint64_t> counts;
    for (const auto& one : events_) {
        if (one.contains("exchange")) {
            ++counts[one.at("exchange").get<std::string>() + " " +
                     one.at("target").get<std::string>() + " " + one.at("was").get<std::string>()];
        }
    }
    for (const auto& [what, count] : counts) {
        text << what << ": " << count << "\n";
    }
    text << output_;
    return text.str();
}

int runs() {
    const char* given = std::getenv("LASTCALL_TRUTH_RUNS");
    const int count = given == nullptr ? 1 : std::atoi(given);
    if (count < 1) {
        throw std::runtime_error("LASTCALL_TRUTH_RUNS is to be a number from 1 up");
    }
    return count;
}

}  // namespace lastcall::drill_truth

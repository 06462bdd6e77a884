#include "options.hpp"

#include <yaml-cpp/yaml.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <lastcall/duration.hpp>
#include <map>

namespace orders {
namespace {

using std::chrono::milliseconds;

milliseconds to_ms(const std::string& text, const std::string& what) {
    return std::chrono::duration_cast<milliseconds>(lastcall::parse_duration(text, what));
}

// Each setting once: its name, its help, and how a text becomes its value.
struct setting {
    std::string help;
    std::string type;
    std::function<void(options&, const std::string& text, const std::string& what)> set;
};

setting text(const char* help, std::string options::*into) {
    return {help, "TEXT",
            [into](options& o, const std::string& t, const std::string&) { o.*into = t; }};
}

setting number(const char* help, unsigned options::*into, unsigned most) {
    return {help, "N", [into, most](options& o, const std::string& t, const std::string& what) {
                std::size_t used = 0;
                unsigned long value = 0;
                try {
                    value = std::stoul(t, &used);
                } catch (const std::exception&) {
                    used = 0;
                }
                if (used != t.size() || t.empty() || t[0] == '-' || value > most) {
                    throw std::invalid_argument(
                        what + ": \"" + t + "\" is not a number from 0 to " + std::to_string(most));
                }
                o.*into = static_cast<unsigned>(value);
            }};
}

template <class Member>
setting duration(const char* help, Member into) {
    return {help, "DURATION", [into](options& o, const std::string& t, const std::string& what) {
                o.*into = to_ms(t, what);
            }};
}

setting truth(const char* help, bool options::*into) {
    return {help, "", [into](options& o, const std::string& t, const std::string& what) {
                if (t != "true" && t != "false") {
                    throw std::invalid_argument(what + ": \"" + t + "\" is neither true nor false");
                }
                o.*into = t == "true";
            }};
}

const std::map<std::string, setting>& settings() {
    static const std::map<std::string, setting> all{
        {"listen", text("Address and port, 127.0.0.1:8080; port 0: a free one; fd:3: handed in",
                        &options::listen)},
        {"db", text("sqlite:FILE or postgres://USER@HOST/NAME", &options::db)},
        {"queue", text("Where jobs wait: db, or redis://HOST:PORT", &options::queue)},
        {"temp-dir", text("Parent of the directory for temporary files", &options::temp_dir)},
        {"threads", number("Event loops; 0: one for each processor", &options::threads, 1024)},
        {"db-threads", number("Threads that wait for the database", &options::db_threads, 1024)},
        {"workers", number("Threads that do jobs", &options::workers, 1024)},
        {"grace", duration("Grace period: from the stop signal to SIGKILL", &options::grace)},
        {"lame-duck-min",
         duration("Serve on at least so long after the signal", &options::duck_min)},
        {"lame-duck-max",
         duration("Serve on at most so long after the signal", &options::duck_max)},
        {"lame-duck-quiet", duration("Leave the lame duck after so long without a new connection",
                                     &options::duck_quiet)},
        {"race-grace", duration("How long an idle connection may still send when draining",
                                &options::race_grace)},
        {"job-time", duration("How long each job takes, for trials", &options::job_time)},
        {"tls-certificate", text("Certificate chain, PEM", &options::tls_certificate)},
        {"tls-key", text("Private key, PEM", &options::tls_key)},
        {"report",
         text("Write the report of the stop to this file, as JSON", &options::report_file)},
        {"reraise", truth("End by SIGTERM (status 143) after a clean stop", &options::reraise)},
    };
    return all;
}

void read_file(const std::string& path, options& into,
               const std::map<std::string, std::string>& given) {
    const auto fail = [&](int line, const std::string& why) {
        throw usage_end(
            "orders: " + path + (line > 0 ? ":" + std::to_string(line) : "") + ": " + why, 2);
    };
    YAML::Node root;
    try {
        root = YAML::LoadFile(path);
    } catch (const YAML::BadFile&) {
        fail(0, "cannot be read");
    } catch (const YAML::ParserException& e) {
        fail(e.mark.line + 1, e.msg);
    }
    if (!root.IsMap()) {
        fail(1, "expected \"key: value\" lines");
    }
    for (const auto& entry : root) {
        const int line = entry.first.Mark().line + 1;
        const auto key = entry.first.as<std::string>("");
        const auto found = settings().find(key);
        if (found == settings().end()) {
            fail(line, "unknown key \"" + key + "\"; see orders --help for the names");
        }
        if (!entry.second.IsScalar()) {
            fail(line, key + ": expected one value");
        }
        if (!given.contains(key)) {
            try {
                found->second.set(into, entry.second.as<std::string>(), key);
            } catch (const std::invalid_argument& e) {
                fail(line, e.what());
            }
        }
    }
}

}  // namespace

options read_options(int argc, char** argv) {
    CLI::App app("Takes orders over HTTP, and stops without losing one.", "orders");
    std::map<std::string, std::string> given;
    std::string file;
    bool reraise = false;
    app.add_option("--config", file, "Settings from a YAML file; flags win")->type_name("FILE");
    for (const auto& [name, s] : settings()) {
        if (s.type.empty()) {
            app.add_flag("--" + name, reraise, s.help);
        } else {
            app.add_option_function<std::string>(
                   "--" + name, [&given, n = name](const std::string& t) { given[n] = t; }, s.help)
                ->type_name(s.type)
                ->take_last();
        }
    }
    app.footer(
        "Durations carry a unit: 500ms, 30s, 2m.\n"
        "Exit status: 0 clean, 81 a step failed, 82 forced, 83 ended with work inside,\n"
        "84 refused to start, 2 usage.");
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        throw usage_end(app.help(), 0);
    } catch (const CLI::ParseError& e) {
        throw usage_end(std::string("orders: ") + e.what() + "; see orders --help", 2);
    }
    if (reraise) {
        given["reraise"] = "true";
    }
    options o;
    for (const auto& [name, value] : given) {
        try {
            settings().at(name).set(o, value, "--" + name);
        } catch (const std::invalid_argument& e) {
            throw usage_end(std::string("orders: ") + e.what(), 2);
        }
    }
    if (!file.empty()) {
        read_file(file, o, given);
    }
    if (o.tls_certificate.empty() != o.tls_key.empty()) {
        throw usage_end("orders: --tls-certificate and --tls-key go together", 2);
    }
    return o;
}

}  // namespace orders

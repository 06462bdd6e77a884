// The settings of the service, from flags and a file.
#pragma once

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

namespace orders {

struct options {
    std::string listen = "127.0.0.1:8080";
    std::string db = "sqlite:orders.db";  ///< sqlite:FILE or postgres://...
    std::string queue = "db";             ///< db or redis://...
    std::string temp_dir;                 ///< empty: $TMPDIR, else /tmp
    unsigned threads = 0;                 ///< event loops; 0: one for each processor
    unsigned db_threads = 4;
    unsigned workers = 2;
    std::optional<std::chrono::milliseconds> grace;
    std::optional<std::chrono::milliseconds> duck_min, duck_max, duck_quiet;
    std::chrono::milliseconds race_grace{500};
    std::chrono::milliseconds job_time{0};  ///< how long each job takes, for trials
    std::string tls_certificate, tls_key;
    std::string report_file;
    bool reraise = false;
};

/// Bad flags, a bad file, --help: the text to print and the exit status.
struct usage_end : std::runtime_error {
    usage_end(const std::string& text, int code) : std::runtime_error(text), status(code) {}
    int status;
};

/// Reads the flags, then `--config FILE` (YAML, the flags' names as keys) for what the
/// flags left open. Errors: usage_end, naming the flag or the line of the file.
options read_options(int argc, char** argv);

}  // namespace orders

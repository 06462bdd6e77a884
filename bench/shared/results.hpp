// What was measured: lists of values with a name, as a Markdown table and as JSON.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace measured {

/// What is to be reached.
struct goal {
    double limit = 0;
    bool each_value = false;  ///< every value, not only the median
    bool at_least = false;    ///< `limit` is the least, not the most
};

struct measure {
    std::string figure;   ///< "mixed"
    std::string subject;  ///< "orders (SIGTERM)"
    std::string what;     ///< "last response to exit"
    std::string unit;     ///< "ms"; empty for a count
    std::vector<double> values;
    std::optional<goal> to_reach = {};
    std::string note = {};

    [[nodiscard]] bool reached() const;
};

/// What a program of measurements calls itself and what it measures.
struct heading {
    std::string program;  ///< "stop_bench"
    std::string title;    ///< of the table
    std::string subject;  ///< "server": what is compared
};

class results {
public:
    explicit results(heading what) : heading_(std::move(what)) {}

    void add(measure one);

    /// Something that a reader has to know: a peer that is not there, a run that failed.
    void note(const std::string& text);

    [[nodiscard]] bool all_reached() const;
    [[nodiscard]] std::string markdown() const;

    /// Format "lastcall-bench/2".
    [[nodiscard]] std::string json() const;

    /// Writes OUT.md and OUT.json. Errors: std::runtime_error.
    void write(const std::string& out) const;

private:
    heading heading_;
    std::vector<measure> measures_;
    std::vector<std::string> notes_;
};

}  // namespace measured

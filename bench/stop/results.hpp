// What was measured: lists of values with a name, as a Markdown table and as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace stop_bench {

/// What is to be reached.
struct goal {
    double at_most = 0;
    bool each_value = false;  ///< every value, not only the median
};

struct measure {
    std::string figure;  ///< "mixed"
    std::string server;  ///< "orders (SIGTERM)"
    std::string what;    ///< "last response to exit"
    std::string unit;    ///< "ms"; empty for a count
    std::vector<double> values;
    std::optional<goal> to_reach = {};
    std::string note = {};

    [[nodiscard]] bool reached() const;
};

class results {
public:
    void add(measure one);

    /// Something that a reader has to know: a peer that is not there, a run that failed.
    void note(const std::string& text);

    [[nodiscard]] bool all_reached() const;
    [[nodiscard]] std::string markdown() const;

    /// Format "lastcall-stop-bench/1".
    [[nodiscard]] std::string json() const;

private:
    std::vector<measure> measures_;
    std::vector<std::string> notes_;
};

}  // namespace stop_bench

// From what was measured to the numbers that belong into the manifest, the unit or the code.
#pragma once

#include <string>
#include <vector>

#include "drill/record/run_record.hpp"

namespace lastcall::drill {

struct suggestion {
    std::string setting;  ///< "preStop sleep", "grace", "drain deadline"
    std::string value;    ///< "12s"
    std::string
        because;  ///< "routes are withdrawn 5 s after the delete; p99.9 of the drain is 4.1 s"
};

struct suggestions {
    std::vector<suggestion> numbers;
    std::string kubernetes;  ///< as a patch of a Deployment, YAML
    std::string systemd;     ///< as a drop-in
    std::string docker;      ///< as options of `docker run` and lines of a compose file
    std::string contract;    ///< as a shutdown.yaml
};

/// Empty numbers when the run did not end by itself: there is nothing to go by.
[[nodiscard]] suggestions suggest(const run_record& run);

[[nodiscard]] std::string to_text(const suggestions& made);

}  // namespace lastcall::drill

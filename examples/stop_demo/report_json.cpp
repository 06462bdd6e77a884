#include <sstream>

#include "drill/text.hpp"
#include "report.hpp"

namespace stop_demo {
namespace {

namespace drill = lastcall::drill;
using drill::json_string;
using drill::timing;

void write_counts(std::ostream& out, const drill::counts& all, const std::string& indent) {
    out << "{";
    const char* separator = "\n";
    for (const auto one : drill::all_outcomes()) {
        if (all.of(one) > 0) {
            out << separator << indent << "  " << json_string(drill::to_string(one))
                << ": {\"before\": " << all.of(one, timing::before)
                << ", \"in_flight\": " << all.of(one, timing::in_flight)
                << ", \"after\": " << all.of(one, timing::after) << "}";
            separator = ",\n";
        }
    }
    out << "\n" << indent << "}";
}

}  // namespace

std::string json_report(const run_result& seen, const verdict& judged) {
    const auto& requests = judged.requests;
    std::ostringstream out;
    out << "{\n  \"format\": \"lastcall-stop-demo/1\",\n  \"verdict\": "
        << json_string(judged.status() == 0   ? "pass"
                       : judged.status() == 4 ? "inconclusive"
                                              : "lost")
        << ",\n  \"signal\": " << json_string(seen.signal)
        << ",\n  \"requests\": " << requests.all.total()
        << ",\n  \"requests_lost\": " << requests.lost
        << ",\n  \"requests_at_risk\": " << requests.at_risk
        << ",\n  \"loss_upper_bound_95\": " << drill::upper_bound_95(requests.at_risk)
        << ",\n  \"exit_code\": " << seen.exit.code << ",\n  \"exit_signal\": " << seen.exit.signal
        << ",\n  \"signal_to_exit_ms\": " << judged.signal_to_exit_ms
        << ",\n  \"last_response_to_exit_ms\": " << judged.last_response_to_exit_ms
        << ",\n  \"outcomes\": ";
    write_counts(out, requests.all, "  ");
    out << ",\n  \"lanes\": {";
    const char* separator = "\n";
    for (const auto& lane : requests.lanes) {
        out << separator << "    " << json_string(lane.lane) << ": ";
        write_counts(out, lane.by_outcome, "    ");
        separator = ",\n";
    }
    out << "\n  },\n  \"checks\": [";
    separator = "\n";
    for (const auto& one : judged.checks) {
        out << separator << "    {\"name\": " << json_string(one.name)
            << ", \"holds\": " << (one.holds ? "true" : "false")
            << ", \"counted\": " << json_string(one.number) << "}";
        separator = ",\n";
    }
    out << "\n  ]\n}\n";
    return out.str();
}

}  // namespace stop_demo

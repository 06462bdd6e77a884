#include "drill/limits.hpp"

#include "sys/process/limits.hpp"

namespace lastcall::drill {
namespace {

constexpr std::uint64_t own_files = 64;  // pipes, pollers, reports, the socket tables

}  // namespace

machine_limits read_machine_limits() { return {sys::raise_open_files(), sys::local_ports()}; }

std::string why_too_many(std::uint64_t connections, const machine_limits& limits) {
    const auto asked = "the lanes want " + std::to_string(connections) + " connections at once; ";
    if (connections + own_files > limits.open_files) {
        return asked + "this process may have " + std::to_string(limits.open_files) +
               " files open (ulimit -n), " + std::to_string(own_files) +
               " of them for itself. Ask for fewer clients, or raise the limit";
    }
    if (connections > limits.local_ports) {
        return asked + "there are " + std::to_string(limits.local_ports) +
               " local ports for one address (net.ipv4.ip_local_port_range). Ask for fewer "
               "clients, or widen the range";
    }
    return {};
}

}  // namespace lastcall::drill

#include "init/message.hpp"

#include "sys/output.hpp"

namespace lastcall::init {

namespace {

constexpr int standard_error = 2;

void write_line(void*, std::string_view line) noexcept {
    sys::write_without_waiting(standard_error, line);
}

std::string_view program_name = "lastcall-init";

}  // namespace

line_writer standard_error_lines() noexcept { return {write_line, nullptr}; }

void message::begin_with(std::string_view name) noexcept { program_name = name; }

message::message() noexcept { *this << program_name << ": "; }

message::~message() {
    if (is_cut()) {
        sys::write_without_waiting(standard_error, view());
        sys::write_without_waiting(standard_error, " ...\n");
        return;
    }
    *this << '\n';
    sys::write_without_waiting(standard_error, view());
}

}  // namespace lastcall::init

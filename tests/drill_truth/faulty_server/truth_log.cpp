#include "truth_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <system_error>

namespace faulty {

std::int64_t now_ns() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

truth_line::truth_line(std::string_view event) {
    json_ = "{\"event\":\"" + std::string(event) + "\",\"at_ns\":" + std::to_string(now_ns());
}

truth_line& truth_line::text(std::string_view name, std::string_view value) {
    json_ += ",\"" + std::string(name) + "\":\"";
    for (const char byte : value) {
        if (byte == '"' || byte == '\\') {
            json_ += '\\';
        }
        json_ += byte >= ' ' && byte <= '~' ? byte : '?';
    }
    json_ += '"';
    return *this;
}

truth_line& truth_line::number(std::string_view name, std::int64_t value) {
    json_ += ",\"" + std::string(name) + "\":" + std::to_string(value);
    return *this;
}

truth_line& truth_line::flag(std::string_view name, bool value) {
    json_ += ",\"" + std::string(name) + "\":" + (value ? "true" : "false");
    return *this;
}

truth_log::truth_log(const std::filesystem::path& file)
    : file_(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
    if (file_ < 0) {
        throw std::system_error(errno, std::generic_category(), file.string());
    }
}

truth_log::~truth_log() { ::close(file_); }

void truth_log::add(const truth_line& line) noexcept {
    const auto text = line.done();
    if (::write(file_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        std::perror("faulty_server: the truth could not be written");
        ::_exit(70);
    }
}

}  // namespace faulty

#include "lint/text/read_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace lastcall::lint {

read_bytes read_file(const std::filesystem::path& file) {
    std::error_code failed;
    const auto status = std::filesystem::status(file, failed);
    if (failed || !std::filesystem::exists(status)) {
        return {std::nullopt, failed ? failed.message() : "there is no such file"};
    }
    if (std::filesystem::is_directory(status)) {
        return {std::nullopt, "it is a directory"};
    }
    if (!std::filesystem::is_regular_file(status)) {
        return {std::nullopt, "it is no regular file"};
    }
    errno = 0;
    std::ifstream from(file, std::ios::binary);
    if (!from) {
        return {std::nullopt, errno != 0 ? std::strerror(errno) : "it can not be opened"};
    }
    std::string text;
    const auto expected = std::filesystem::file_size(file, failed);
    text.resize(failed || expected > file_limit ? file_limit + 1 : expected + 1);
    from.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (from.bad()) {
        return {std::nullopt, "reading it failed"};
    }
    text.resize(static_cast<std::size_t>(from.gcount()));
    if (text.size() > file_limit) {
        return {std::nullopt, "it has more than 16 MiB"};
    }
    return {std::move(text), {}};
}

}  // namespace lastcall::lint

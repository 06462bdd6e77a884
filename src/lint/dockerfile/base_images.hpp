// What is known of the images that others are built from.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lastcall::lint {

/// Who reads `sh -c`: dash and busybox keep a parent around the command, bash becomes a lone one.
enum class shell_kind { unknown, none, dash, busybox, bash };

struct base_image {
    std::string_view name;         ///< "nginx", "gcr.io/distroless/java"
    std::string_view tags;         ///< pattern with *; the first row that fits holds
    std::string_view stop_signal;  ///< "SIGTERM" where the image sets none; empty: not known
    std::string_view entrypoint;   ///< as a JSON array; "[]": none
    std::string_view cmd;
    std::string_view workdir;  ///< empty: not known
    shell_kind shell;          ///< of /bin/sh
    std::string_view runtime;  ///< "node", "java"...; empty: none, or not known
    std::string_view source;   ///< where it says so
};

/// Of the facts, raised with each change of them.
inline constexpr int base_images_version = 1;

[[nodiscard]] std::span<const base_image> base_images();

/// "docker.io/library/nginx:1.25-alpine@sha256:...": name "nginx", tag "1.25-alpine".
struct image_reference {
    std::string name;
    std::string tag;  ///< empty: none, which means latest
    std::string digest;
};

[[nodiscard]] image_reference read_image_reference(std::string_view text);

/// Null: nothing is known of it.
[[nodiscard]] const base_image* find_base_image(const image_reference& image);

}  // namespace lastcall::lint

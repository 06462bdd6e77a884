// The command line that a container of a manifest begins with.
//
// `command` takes the place of the image's ENTRYPOINT and CMD, `args` that of its CMD:
// https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
#pragma once

#include <optional>
#include <vector>

#include "lint/dockerfile/base_images.hpp"
#include "lint/text/mapped_text.hpp"
#include "lint/yaml/yaml_ref.hpp"

namespace lastcall::lint {

/// The words of a list. Unset: there is none, an action of a template decides which there are, or
/// one of its words is not known: a template's, or $(NAME) of a variable that the container has.
/// `text`  of the file
[[nodiscard]] std::optional<std::vector<mapped_text>> known_words(const yaml_ref& list,
                                                                  const yaml_ref& container,
                                                                  std::string_view text);

/// `text`    of the file
/// `known`   the container's image; null where nothing is known of it
/// Returns:  unset where the file does not tell.
[[nodiscard]] std::optional<std::vector<mapped_text>> container_words(const yaml_ref& container,
                                                                      std::string_view text,
                                                                      const base_image* known);

}  // namespace lastcall::lint

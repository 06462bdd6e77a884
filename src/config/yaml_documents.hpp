// How many documents a YAML text has.
#pragma once

#include <string>

namespace lastcall::config {

/// Whether something stands behind the first document. Not by YAML::LoadAll: what is left behind
/// a flow map, as in "{a: b}, c", makes yaml-cpp 0.7 find documents without end.
/// Errors: YAML::ParserException.
[[nodiscard]] bool has_more_documents(const std::string& text);

}  // namespace lastcall::config

// ConfigMaps that kustomize makes of files and of literals: configMapGenerator.
#pragma once

#include "lint/rules/families.hpp"
#include "lint/yaml/yaml_ref.hpp"

namespace lastcall::lint {

/// Budgets go to the chain, each with its place in the file that kustomize takes it from. What is
/// found in such a file is told where that file itself is judged.
void digest_generated_maps(const yaml_file& kustomization, const family_input& input,
                           const file_report& report);

}  // namespace lastcall::lint

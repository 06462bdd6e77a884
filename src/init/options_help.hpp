// What lastcall-init --help prints.
#pragma once

#include "core/fixed_text.hpp"

namespace lastcall::init {

void write_help(core::text_sink& to) noexcept;

}  // namespace lastcall::init

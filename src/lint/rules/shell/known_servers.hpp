// Programs of which the name says that they serve until somebody stops them.
#pragma once

#include "lint/shell/execution.hpp"

namespace lastcall::lint {

/// `gunicorn app`, `bundle exec sidekiq`, `npm start`: it stays in the foreground, and has work to
/// lose. What may also be over at once, or goes into the background by itself, is none.
[[nodiscard]] bool is_known_server(const shell::step& one);

}  // namespace lastcall::lint

// Which script an interpreter was started with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lastcall::doctor {

/// As it was told: "/usr/local/bin/pm2" of `node --no-warnings /usr/local/bin/pm2 start`, "uvicorn"
/// of `python3 -m uvicorn`. Empty: `program` is no interpreter, or its text is in the command line
/// (-c, -e), or comes from standard input.
/// `program`  the file that runs, without its folder
[[nodiscard]] std::string script_word(std::string_view program,
                                      const std::vector<std::string>& arguments);

/// The same without its folder, as programs are known: "pm2".
[[nodiscard]] std::string script_name(std::string_view program,
                                      const std::vector<std::string>& arguments);

}  // namespace lastcall::doctor

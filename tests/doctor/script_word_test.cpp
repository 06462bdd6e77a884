// Which script an interpreter runs, by its command line.
#include "doctor/settings/script_word.hpp"

#include <gtest/gtest.h>

namespace lastcall::doctor {
namespace {

struct row {
    std::string_view program;
    std::vector<std::string> arguments;
    std::string_view script;
};

TEST(ScriptWord, IsTheFirstThatIsNoOptionNorTheValueOfOne) {
    const row rows[] = {
        {"node", {"node", "server.js", "--port", "80"}, "server.js"},
        {"node", {"node", "--no-warnings", "/usr/local/bin/pm2", "start"}, "/usr/local/bin/pm2"},
        {"node", {"node", "-r", "dotenv/config", "server.js"}, "server.js"},
        {"node", {"node", "--require=dotenv/config", "server.js"}, "server.js"},
        {"node", {"node", "--", "-odd.js"}, "-odd.js"},
        {"node", {"node", "-e", "run()", "server.js"}, ""},
        {"node", {"node"}, ""},
        {"python3.11", {"python3", "-X", "dev", "-u", "app.py"}, "app.py"},
        {"python3.11", {"python3", "-m", "uvicorn", "app:app"}, "uvicorn"},
        {"python3.11", {"python3", "-c", "import app"}, ""},
        {"python3.11", {"python3", "-"}, ""},
        {"python3.11", {"python3", "-m"}, ""},
        {"ruby3.1", {"ruby", "-I", "lib", "/usr/bin/foreman", "start"}, "/usr/bin/foreman"},
        {"perl", {"perl", "-e", "sleep"}, ""},
    };
    for (const auto& [program, arguments, script] : rows) {
        EXPECT_EQ(script_word(program, arguments), script) << arguments.back();
    }
}

TEST(ScriptWord, IsNobodysWhoOnlyBeginsLikeAnInterpreter) {
    for (const auto* program : {"node_exporter", "nodemon", "pythonista", "rubyfmt", "bash", ""}) {
        EXPECT_EQ(script_word(program, {program, "pm2"}), "") << program;
    }
}

}  // namespace
}  // namespace lastcall::doctor

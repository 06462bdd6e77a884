#include "doctor/settings/script_word.hpp"

#include <algorithm>
#include <array>

namespace lastcall::doctor {
namespace {

struct interpreter {
    std::string_view name;        ///< without the version behind it: python3.11, ruby3.1
    std::string_view with_value;  ///< options whose value is the next word, each between blanks
    std::string_view text;        ///< likewise those whose value is the program itself
};

// node(1), python3(1), ruby(1), perl(1).
constexpr std::array interpreters{
    interpreter{"node",
                " -r --require --import --loader --experimental-loader -C --conditions "
                "--icu-data-dir --env-file ",
                " -e --eval -p --print -pe "},
    interpreter{"python", " -W -X --check-hash-based-pycs ", " -c "},
    interpreter{"pypy", " -W -X ", " -c "},
    interpreter{"ruby", " -I -r -C -E ", " -e "},
    interpreter{"perl", " -I -M ", " -e -E "},
};

bool is_among(std::string_view word, std::string_view list) {
    return list.find(" " + std::string(word) + " ") != list.npos;
}

bool is_it(std::string_view program, std::string_view name) {
    return program.starts_with(name) &&
           program.find_first_not_of("0123456789.", name.size()) == program.npos;
}

}  // namespace

std::string script_word(std::string_view program, const std::vector<std::string>& arguments) {
    const auto* known =
        std::find_if(interpreters.begin(), interpreters.end(),
                     [&](const interpreter& one) { return is_it(program, one.name); });
    if (known == interpreters.end()) {
        return {};
    }
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const std::string& word = arguments[i];
        if (word == "-" || is_among(word, known->text)) {
            return {};
        }
        if (word == "--" || (word == "-m" && known->name.starts_with("py"))) {
            return i + 1 < arguments.size() ? arguments[i + 1] : std::string();
        }
        if (!word.starts_with('-')) {
            return word;
        }
        i += is_among(word, known->with_value) ? 1U : 0U;
    }
    return {};
}

std::string script_name(std::string_view program, const std::vector<std::string>& arguments) {
    const auto word = script_word(program, arguments);
    return word.substr(word.rfind('/') + 1);
}

}  // namespace lastcall::doctor

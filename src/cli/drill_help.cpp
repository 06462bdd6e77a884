#include "cli/drill_help.hpp"

#include <memory>

#include "cli/help_text.hpp"

namespace lastcall::cli {
namespace {

std::string names_of(const CLI::Option& option) {
    std::string made;
    for (const auto& one : option.get_snames()) {
        made += "-" + one + ",";
    }
    for (const auto& one : option.get_lnames()) {
        made += "--" + one + ",";
    }
    made.pop_back();
    return made;
}

class help_format final : public CLI::FormatterBase {
public:
    help_format(std::string name, std::vector<std::string> forms)
        : name_(std::move(name)), forms_(std::move(forms)) {}

    std::string make_help(const CLI::App* app, std::string /*name*/,
                          CLI::AppFormatMode /*mode*/) const override {
        std::string made = help_head(name_, app->get_description(), forms_);
        for (const auto& group : app->get_groups()) {
            const auto options = app->get_options([&](const CLI::Option* one) {
                return one->get_group() == group && !one->get_positional() &&
                       one != app->get_help_ptr();
            });
            if (!options.empty()) {
                made += "\n" + (group == "Options" ? "" : group + "\n");
            }
            for (const CLI::Option* const one : options) {
                const bool is_flag = one->get_expected_max() == 0;
                made += help_entry(names_of(*one), is_flag ? "" : one->get_type_name(),
                                   one->get_description());
            }
        }
        return made + "\n" + app->get_footer();
    }

private:
    std::string name_;
    std::vector<std::string> forms_;
};

}  // namespace

void set_help(CLI::App& app, std::string name, std::vector<std::string> forms) {
    app.formatter(std::make_shared<help_format>(std::move(name), std::move(forms)));
}

}  // namespace lastcall::cli

// The pre-stop of a command line or a contract file.
#include "drill/contract/settings.hpp"

namespace lastcall::drill {

pre_stop_plan to_pre_stop(const std::string& text, const std::string& what) {
    pre_stop_plan made;
    if (text.starts_with("sleep:")) {
        made.what = pre_stop_plan::kind::sleep;
        made.sleep = config::to_duration(text.substr(6), what);
    } else if (text.starts_with("http://")) {
        made.what = pre_stop_plan::kind::http_get;
        made.url = text;
    } else {
        made.what = pre_stop_plan::kind::exec;
        made.exec = config::to_words(text, what);
        if (made.exec.empty()) {
            throw settings_error(what + ": is empty; write sleep:5s, http://... or a command");
        }
    }
    return made;
}

}  // namespace lastcall::drill

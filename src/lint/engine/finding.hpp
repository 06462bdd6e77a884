// One thing that is wrong, where it stands, and what to do about it.
#pragma once

#include <string>
#include <vector>

#include "core/stop_cause.hpp"
#include "lint/catalogue/rule.hpp"
#include "lint/text/place.hpp"

namespace lastcall::lint {

/// How sure it is; the same words as for what is said about a process.
using core::confidence;

/// Where else something stands that belongs to it.
struct further_place {
    std::string file;
    place at;
    std::string what;  ///< "this script has no exec"
};

/// Bytes of the finding's file, and what is put in their stead.
struct edit {
    place at;
    std::string text;
};

struct finding {
    const rule* broken = nullptr;  ///< never null
    severity how = severity::warning;
    confidence sure = confidence::likely;
    std::string file;         ///< as its path was given
    place at;                 ///< line 0: the file as a whole
    std::string excerpt;      ///< the line that it begins on, without its end
    std::string what;         ///< what is wrong here: one sentence without a full stop
    std::string fix;          ///< what to write here; empty: what the rule says
    std::string why;          ///< what happens at a stop; empty: what the rule says
    std::string source;       ///< who says that it is wrong; empty: whom the rule names
    std::vector<edit> edits;  ///< which do that, all of them together; empty: a person has to
    std::vector<further_place> further;
    bool is_fixed = false;  ///< the edits were done
    std::string accepted;   ///< the reason that a comment gives; empty: it is not silenced
    bool is_known = false;  ///< the baseline has it; `accepted` says so

    [[nodiscard]] std::string_view fix_text() const {
        return fix.empty() ? broken->fix : std::string_view(fix);
    }
    [[nodiscard]] std::string_view why_text() const {
        return why.empty() ? broken->why : std::string_view(why);
    }
    [[nodiscard]] std::string_view source_text() const {
        return source.empty() ? broken->source : std::string_view(source);
    }
};

}  // namespace lastcall::lint

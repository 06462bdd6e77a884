#include "core/command_words.hpp"

namespace lastcall::core {

std::size_t split_words(char* text, std::span<char*> words) noexcept {
    std::size_t count = 0;
    bool in_word = false;
    for (; *text != '\0'; ++text) {
        const bool is_blank = *text == ' ' || *text == '\t' || *text == '\n';
        if (is_blank) {
            *text = '\0';
        } else if (!in_word) {
            if (count + 1 < words.size()) {
                words[count] = text;
            }
            ++count;
        }
        in_word = !is_blank;
    }
    if (!words.empty()) {
        words[count < words.size() ? count : words.size() - 1] = nullptr;
    }
    return count;
}

}  // namespace lastcall::core

// What the readers of configurations have in common: the file that grows, its open blocks, and
// the limit of what is read of garbage.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lint/conf/conf_file.hpp"
#include "lint/text/lines.hpp"

namespace lastcall::lint {

class conf_builder {
public:
    explicit conf_builder(std::string_view text) : text_(text) { made_.lines = line_index(text); }

    [[nodiscard]] bool is_full() const { return made_.items.size() >= 100'000; }

    void note(std::size_t offset, std::size_t size, std::string what) {
        add_problem(made_.problems, made_.lines.at(offset, size), std::move(what));
    }

    void add_comment(std::size_t begin, std::size_t end, bool is_alone) {
        made_.comments.push_back(
            {made_.lines.at(begin, end - begin), text_.substr(begin, end - begin), is_alone});
    }

    [[nodiscard]] conf_word word(mapped_text text, std::size_t begin, std::size_t end,
                                 bool is_quoted = false) const {
        return {std::move(text), made_.lines.at(begin, end - begin), is_quoted};
    }

    /// Adds an item to the innermost open block. `end` is behind its last byte.
    conf_item& add(std::string name, std::size_t begin, std::size_t end) {
        conf_item& item = made_.items.emplace_back();
        item.at = made_.lines.at(begin, name.size());
        item.name = std::move(name);
        item.parent = open_.empty() ? conf_item::no_parent : open_.back();
        item.lines = {item.at.line, made_.lines.at(end > begin ? end - 1 : begin).line};
        return item;
    }

    /// The last item becomes a block, in which the following ones are.
    void open() {
        made_.items.back().is_block = true;
        open_.push_back(static_cast<std::uint32_t>(made_.items.size() - 1));
    }

    [[nodiscard]] std::size_t depth() const { return open_.size(); }

    /// Ends the innermost block at `offset`.
    void close(std::size_t offset) {
        auto& item = made_.items[open_.back()];
        item.lines.last = std::max(item.lines.last, made_.lines.at(offset).line);
        open_.pop_back();
    }

    [[nodiscard]] const conf_item& innermost() const { return made_.items[open_.back()]; }

    [[nodiscard]] conf_file finish() {
        while (!open_.empty()) {
            close(last_content_);
        }
        if (is_full()) {
            note(text_.size(), 0, "this file has more than 100,000 items; the rest is not read");
        }
        return std::move(made_);
    }

    /// Where the last thing that is no comment stands: a section ends there.
    void set_last_content(std::size_t offset) { last_content_ = offset; }
    [[nodiscard]] std::size_t last_content() const { return last_content_; }

private:
    std::string_view text_;
    conf_file made_;
    std::vector<std::uint32_t> open_;
    std::size_t last_content_ = 0;
};

}  // namespace lastcall::lint

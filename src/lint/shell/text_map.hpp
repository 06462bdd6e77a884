// Where the bytes of a text that was made from a file stand in the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lastcall::lint::shell {

/// Pieces in the order of the text. Without any, the text is the file itself.
class text_map {
public:
    /// From `in_text` on, the bytes are those of the file from `in_file` on.
    void add(std::size_t in_text, std::uint32_t in_file) { add({text(in_text), in_file, false}); }

    /// From `in_text` on, the bytes have been made from what stands at `in_file`.
    void add_made(std::size_t in_text, std::uint32_t in_file) {
        add({text(in_text), in_file, true});
    }

    [[nodiscard]] std::uint32_t in_file(std::size_t in_text) const;

private:
    struct piece {
        std::uint32_t in_text;
        std::uint32_t in_file;
        bool is_made;
    };

    static std::uint32_t text(std::size_t at) { return static_cast<std::uint32_t>(at); }
    void add(piece next);

    std::vector<piece> pieces_;
};

}  // namespace lastcall::lint::shell

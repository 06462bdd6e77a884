#include "lint/launch/loaded_script.hpp"

namespace lastcall::lint {
namespace {

shell::text_map map_of(const mapped_text& value) {
    shell::text_map made;
    for (std::size_t at = 0; at < value.size(); ++at) {
        const auto offset = value.offset_of(at);
        if (at == 0 || offset != value.offset_of(at - 1) + 1) {
            made.add(at, static_cast<std::uint32_t>(offset));
        }
    }
    return made;
}

}  // namespace

loaded_script::loaded_script(std::string file, std::string text)
    : file_(std::move(file)),
      text_(std::move(text)),
      parsed_(shell::read_script(text_)),
      run_(shell::execution_of(parsed_)) {}

loaded_script::loaded_script(std::string file, shell::script read)
    : file_(std::move(file)), parsed_(std::move(read)), run_(shell::execution_of(parsed_)) {}

std::shared_ptr<const loaded_script> load_inline(std::string file, const mapped_text& value,
                                                 std::shared_ptr<const line_index> lines) {
    return std::make_shared<const loaded_script>(
        std::move(file), shell::read_embedded(value.text(), map_of(value), std::move(lines)));
}

}  // namespace lastcall::lint

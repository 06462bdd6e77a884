#include <lastcall/durable_file.hpp>

#include <utility>

#include "adapters/durable_file/append_log.hpp"
#include "adapters/durable_file/replace.hpp"

namespace lastcall {

durable_file::durable_file(lifecycle& life, durable_file_options options)
    : log_(std::make_shared<detail::append_log>(std::move(options.path), options.mode,
                                                options.buffer_bytes)) {
    life.add({
        .name = std::move(options.name),
        .uses = std::move(options.uses),
        .close = [log = log_] { log->close(); },
        .close_share = options.close_share,
    });
}

durable_file::~durable_file() {
    try {
        log_->close();
    } catch (const std::exception&) {
        // No stop ran that could have reported it.
    }
}

void durable_file::append(std::string_view bytes) { log_->append(bytes); }
void durable_file::sync() { log_->sync(); }
std::size_t durable_file::buffered() const { return log_->buffered(); }

void durable_file::replace(const std::string& path, std::string_view content, unsigned mode) {
    durable::replace(path, content, mode, durable::disk::real());
}

}  // namespace lastcall

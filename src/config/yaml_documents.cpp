#include "config/yaml_documents.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <sstream>

namespace lastcall::config {
namespace {

/// Takes the events of a document, and keeps nothing.
class no_handler final : public YAML::EventHandler {
public:
    void OnDocumentStart(const YAML::Mark& /*at*/) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& /*at*/, YAML::anchor_t /*anchor*/) override {}
    void OnAlias(const YAML::Mark& /*at*/, YAML::anchor_t /*anchor*/) override {}
    void OnScalar(const YAML::Mark& /*at*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  const std::string& /*value*/) override {}
    void OnSequenceStart(const YAML::Mark& /*at*/, const std::string& /*tag*/,
                         YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value /*style*/) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark& /*at*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                    YAML::EmitterStyle::value /*style*/) override {}
    void OnMapEnd() override {}
};

}  // namespace

bool has_more_documents(const std::string& text) {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    no_handler none;
    return parser.HandleNextDocument(none) && parser.HandleNextDocument(none);
}

}  // namespace lastcall::config

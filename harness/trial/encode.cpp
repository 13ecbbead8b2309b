// What a body is told, as JSON on the board.
#include <nlohmann/json.hpp>

#include "trial/body.hpp"

namespace fairground::trial {

std::string encode(const Spec& spec, const std::string& scratch) {
  return nlohmann::json{{"plugin", spec.workload.plugin},
                        {"workload", spec.workload.id},
                        {"parameters", spec.point.parameters},
                        {"workers", spec.point.workers},
                        {"as_processes", spec.point.as_processes},
                        {"probes", spec.point.probes},
                        {"places", spec.places},
                        {"seed", spec.seed},
                        {"scratch", scratch}}
      .dump();
}

Spec decode(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text);
  Spec spec;
  spec.workload.plugin = json.at("plugin");
  spec.workload.id = json.at("workload");
  spec.point.workload = spec.workload.id;
  spec.point.parameters = json.at("parameters");
  spec.point.workers = json.at("workers");
  spec.point.as_processes = json.at("as_processes");
  spec.point.probes = json.at("probes");
  spec.places = json.at("places").get<std::vector<std::vector<unsigned>>>();
  spec.seed = json.at("seed");
  return spec;
}

std::string scratch_of(const std::string& text) { return nlohmann::json::parse(text).at("scratch"); }

}  // namespace fairground::trial

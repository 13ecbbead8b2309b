#include "cli/prepared.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "cli/labels.hpp"
#include "machine/pinning.hpp"
#include "plan/options.hpp"

namespace fairground::cli {
namespace {

using plan::Point;
using plan::WorkloadInfo;

const WorkloadInfo* lookup(const std::vector<WorkloadInfo>& all, const std::string& id) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& w) { return w.id == id; });
  return found == all.end() ? nullptr : &*found;
}

class Preparing {
 public:
  Preparing(const machine::Machine& machine, const std::vector<WorkloadInfo>& workloads,
            const std::string& scratch_parent)
      : machine_(machine), workloads_(workloads), scratch_parent_(scratch_parent) {}

  Prepared prepare(const Point& point, bool refuse) const {
    Prepared p;
    p.spec = spec_of(point);
    p.unsupported = point.unsupported;
    try {
      place(p);
    } catch (const UserError& error) {
      if (refuse) throw;  // in a sweep the other points are run
      p.unsupported = error.what();
      p.spec.companions.clear();
    }
    if (!p.unsupported.empty()) return p;
    if (p.oversubscribed) add_control(p);
    if (!point.companions.empty()) add_alone(p);
    return p;
  }

 private:
  [[nodiscard]] trial::Spec spec_of(const Point& point) const {
    trial::Spec spec;
    spec.workload = plan::find(workloads_, point.workload);
    spec.point = point;
    spec.scratch_parent = scratch_parent_;
    return spec;
  }

  void place(Prepared& p) const {
    const Point& point = p.spec.point;
    machine::Plan own = machine::plan(machine_, point.pin, point.workers);
    p.oversubscribed = own.oversubscribed;
    p.spec.places = machine::pinned(std::move(own.places));
    p.spec.shuffled_among = machine::units_among(machine_, p.spec.places);
    for (const plan::Companion& companion : point.companions) {
      machine::Plan beside = machine::plan_beside(machine_, companion.pin, companion.workers, p.spec.places);
      trial::Spec& spec = p.spec.companions.emplace_back(spec_of(plan::alone(companion, point)));
      spec.places = machine::pinned(std::move(beside.places));
      p.companions_oversubscribed.push_back(beside.oversubscribed);
      if (p.unsupported.empty()) p.unsupported = companion.unsupported;
    }
  }

  void add_control(Prepared& p) const {
    const std::optional<Point> control = control_of(plan::alone(p.spec.point), workloads_);
    if (!control) return;
    Serving& s = p.control.emplace();
    s.spec = spec_of(*control);
    s.spec.places = p.spec.places;
    s.spec.shuffled_among = p.spec.shuffled_among;
    s.key = plan::key_without_probes(*control);  // points that differ in their lock alone share one
    s.oversubscribed = true;
  }

  // Relative places are those that the companion has beside this subject.
  void add_alone(Prepared& p) const {
    const auto add = [&](const trial::Spec& one, bool oversubscribed) {
      Serving s{one, "", oversubscribed};
      s.spec.companions.clear();
      s.spec.point = plan::alone(one.point);
      s.key = nlohmann::json{plan::key_without_probes(s.spec.point), s.spec.point.probes, s.spec.places}.dump();
      p.alone.push_back(std::move(s));
    };
    add(p.spec, p.oversubscribed);
    for (std::size_t i = 0; i < p.spec.companions.size(); ++i)
      add(p.spec.companions[i], p.companions_oversubscribed[i]);
  }

  const machine::Machine& machine_;
  const std::vector<WorkloadInfo>& workloads_;
  const std::string& scratch_parent_;
};

}  // namespace

std::optional<Point> control_of(const Point& point, const std::vector<WorkloadInfo>& all) {
  const WorkloadInfo* workload = lookup(all, point.workload);
  if (workload == nullptr || !workload->has("contended") || workload->control.empty()) return std::nullopt;
  const WorkloadInfo* info = lookup(all, workload->control);
  if (info == nullptr || (point.as_processes && !info->has("processes"))) return std::nullopt;
  Point control = point;
  control.workload = info->id;
  control.parameters = nlohmann::json::object();
  for (const plan::ParameterInfo& p : info->parameters)
    control.parameters[p.key] = point.parameters.value(p.key, p.default_value);
  return control;
}

std::vector<Prepared> prepare(const std::vector<Point>& points, const machine::Machine& machine,
                              const std::vector<WorkloadInfo>& workloads, const std::string& scratch_parent,
                              bool refuse) {
  const Preparing preparing(machine, workloads, scratch_parent);
  std::vector<Prepared> all;
  std::vector<const WorkloadInfo*> infos;
  for (const Point& point : points) {
    all.push_back(preparing.prepare(point, refuse));
    infos.push_back(lookup(workloads, point.workload));
  }
  const std::vector<Label> names = labels(points, infos);
  for (std::size_t i = 0; i < points.size(); ++i) {
    Prepared& p = all[i];
    const WorkloadInfo& info = *infos[i];
    p.facts = {names[i].text,
               names[i].variant,
               info.id,
               info.family,
               info.group,
               info.operation,
               points[i].workers,
               machine::units_of(p.spec.places).size(),
               info.has("contended"),
               p.oversubscribed};
  }
  return all;
}

std::vector<const Serving*> servings(const std::vector<Prepared>& points) {
  std::vector<const Serving*> out;
  std::set<std::pair<bool, std::string>> seen;
  for (const Prepared& p : points) {
    if (p.control && seen.emplace(true, p.control->key).second) out.push_back(&*p.control);
    for (const Serving& alone : p.alone) {
      if (seen.emplace(false, alone.key).second) out.push_back(&alone);
    }
  }
  return out;
}

}  // namespace fairground::cli

#include "plan/against.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "plan/companion.hpp"
#include "plan/sample_workloads.hpp"

namespace fairground::plan {
namespace {

AgainstOptions options() {
  AgainstOptions o;
  o.neighbours = sample_workloads();
  o.bounds.workers = 8;
  o.bounds.pins = {"with", "apart"};
  o.workers = 2;
  o.seed = 7;
  return o;
}

// An invented machine: `empty` takes a tenth whatever it does; of `pool` it hurts to have 8 workers on the same units,
// and to hold for 64 us.
double kept(const Companion& c) {
  if (c.workload != "pool") return c.workload == "empty" ? 0.9 : 0.95;
  const double hold = std::log2(std::max(1.0, c.parameters.at("hold").get<double>() / 64'000));
  return 0.2 + (c.pin == "with" ? 0 : 0.3) + 0.05 * (8 - c.workers) + 0.02 * std::abs(hold);
}

struct Meter {
  double budget;
  double used = 0;
  std::vector<Companion> measured = {};
  std::vector<double> operator()(const Companion& c, unsigned blocks) {
    used += blocks;
    measured.push_back(c);
    return std::vector<double>(blocks, kept(c));
  }
  [[nodiscard]] double spent() const { return used / budget; }
};

TEST(Against, FindsTheTopOfTheHill) {
  Meter meter{2'000};
  const AgainstResult r = search_against(options(), std::ref(meter), [&] { return meter.spent(); });
  ASSERT_TRUE(r.worst);
  EXPECT_EQ(r.worst->workload, "pool");
  EXPECT_EQ(r.worst->pin, "with");
  EXPECT_EQ(r.worst->workers, 8u);
  EXPECT_LE(kept(*r.worst), 0.25);
  EXPECT_EQ(r.ratios.size(), 10u) << "measured anew";
  EXPECT_GT(r.climbed, 0u);
}

TEST(Against, BeginsWithEachNeighbourAtItsDefaultsOnTheSameUnits) {
  Meter meter{100};
  search_against(options(), std::ref(meter), [&] { return meter.spent(); });
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(meter.measured[i].workload, sample_workloads()[i].id);
    EXPECT_EQ(meter.measured[i].pin, "with");
    EXPECT_EQ(meter.measured[i].workers, 2u);
  }
}

TEST(Against, NamesWhatItTriesAsTheCommandLineTakesIt) {
  Meter meter{500};
  search_against(options(), std::ref(meter), [&] { return meter.spent(); });
  for (const Companion& c : meter.measured) {
    const Companion again = companion({c.text, ""}, 1, sample_workloads());
    EXPECT_EQ(again.parameters, c.parameters) << c.text;
    EXPECT_EQ(again.workers, c.workers);
    EXPECT_EQ(again.pin, c.pin);
    EXPECT_EQ(again.as_processes, c.as_processes);
    EXPECT_LE(c.workers, 8u);
  }
}

TEST(Against, GoesOnPastWhatCannotBeMeasured) {
  Meter meter{500};
  const auto measure = [&](const Companion& c, unsigned blocks) {
    std::vector<double> ratios = meter(c, blocks);
    if (c.workload == "pool") ratios.clear();
    return ratios;
  };
  const AgainstResult r = search_against(options(), measure, [&] { return meter.spent(); });
  ASSERT_TRUE(r.worst);
  EXPECT_EQ(r.worst->workload, "empty");
}

TEST(Against, WithoutATrialThatEndsWellHasNoAnswer) {
  Meter meter{50};
  const auto nothing = [&](const Companion& c, unsigned blocks) {
    meter(c, blocks);
    return std::vector<double>();
  };
  EXPECT_FALSE(search_against(options(), nothing, [&] { return meter.spent(); }).worst);
}

TEST(Against, KeepsToTheBoundsOnTheWayUp) {
  AgainstOptions o = options();
  o.neighbours.resize(1);
  o.neighbours[0].parameters.push_back(sample_parameter("clients", ParameterType::integer, 2, 1, 1000));
  o.neighbours[0].parameters.back().unit = "connections";
  o.bounds.memory_bytes = 64 * 1024;
  o.bounds.disk_bytes = 1;  // it has no files
  o.bounds.descriptors = 200;
  double largest = 0;
  const auto measure = [&](const Companion& c, unsigned blocks) {
    const auto block = c.parameters.at("block").get<double>(), clients = c.parameters.at("clients").get<double>();
    EXPECT_LE(block * c.workers, 64 * 1024) << c.text;
    EXPECT_LE((2 * clients + 3) * c.workers + 64, 200) << c.text;
    largest = std::max(largest, block * c.workers);
    return std::vector<double>(blocks, 1 / (1 + block * c.workers + clients));  // the more, the worse
  };
  Meter meter{600};
  const auto counted = [&](const Companion& c, unsigned blocks) { return meter(c, blocks), measure(c, blocks); };
  search_against(o, counted, [&] { return meter.spent(); });
  EXPECT_GT(largest, 48 * 1024) << "and goes up to them";
}

TEST(Against, EndsInTime) {
  Meter meter{60};
  search_against(options(), std::ref(meter), [&] { return meter.spent(); });
  EXPECT_LE(meter.used, 60 * 0.85 + 5 + 10) << "one step and the last blocks beyond it at most";
}

}  // namespace
}  // namespace fairground::plan

// The test program stands for `fairground`: it is what its own children execute.
#include <gtest/gtest.h>

#include <string_view>

#include "load/scan.hpp"

int main(int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (first == "--scan") return fairground::load::scan_main(argc, argv);
  if (first == "--configure") return fairground::load::configure_main(argc, argv);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

// Values that may be unknown: null in the record, with the reason in its null_reasons.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace fairground::record {

class Nulls {
 public:
  // The value, or null for none; a number that is not finite is unknown too. `path`: dotted, without indexes.
  template <class T>
  nlohmann::json value(const std::optional<T>& value, const std::string& path, const std::string& reason) {
    if (value && finite(*value)) return *value;
    reasons_[path] = reason;
    return nullptr;
  }
  nlohmann::json none(const std::string& path, const std::string& reason) {
    reasons_[path] = reason;
    return nullptr;
  }
  // Take over the reasons of an object that becomes part of this record at `prefix`.
  void adopt(const std::string& prefix, const nlohmann::json& reasons) {
    for (const auto& [path, reason] : reasons.items()) {
      std::string whole = prefix;
      reasons_[whole.append(".").append(path)] = reason;
    }
  }
  [[nodiscard]] const nlohmann::json& reasons() const { return reasons_; }

 private:
  template <class T>
  static bool finite(const T& value) {
    if constexpr (std::is_floating_point_v<T>)
      return std::isfinite(value);
    else
      return true;
  }
  nlohmann::json reasons_ = nlohmann::json::object();
};

}  // namespace fairground::record

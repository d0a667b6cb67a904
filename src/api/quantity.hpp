#pragma once
// Kubernetes quantities: "500m" of a core, "2Gi" of memory.
//
// Source: Kubernetes API, resource.Quantity: [+-]digits[.digits] with a suffix of n u m k M G T P
// E, Ki Mi Gi Ti Pi Ei or an exponent (1e3). As there, amounts beyond 2^63-1 count as that, and
// what a unit can't hold is rounded up.
//
// Thread-safety: a plain value.

#include <cstdint>
#include <string_view>

#include "base/status.hpp"

namespace mc::api {

class Quantity {
 public:
  /// EINVAL if `text` is no quantity.
  static base::Result<Quantity> parse(std::string_view text);

  [[nodiscard]] int64_t value() const;  ///< whole units: bytes, devices, cores rounded up
  [[nodiscard]] int64_t milli() const;  ///< thousandths: of a core
  [[nodiscard]] bool negative() const { return nano_ < 0; }
  [[nodiscard]] bool whole() const;
  auto operator<=>(const Quantity&) const = default;

 private:
  __extension__ using Wide = __int128;
  explicit Quantity(Wide nano) : nano_(nano) {}
  [[nodiscard]] int64_t roundedUp(Wide unit) const;

  Wide nano_ = 0;
};

}  // namespace mc::api

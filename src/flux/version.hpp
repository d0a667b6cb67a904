#pragma once
// The version that brokers and commands report.

namespace mc::flux {

/// The release of flux-core whose formats and messages are followed. Other Flux programs look at it
/// before they speak to a broker (`flux proxy`, the flux-operator), so it is flux-core's number,
/// not that of Minicluster.
inline constexpr char kFluxVersion[] = "0.88.0";

}  // namespace mc::flux

#pragma once
// The format strings that listings of jobs share.

namespace mc::flux::commands {

inline constexpr const char* kDefaultJobFormat =
    "{id.f58:>12} ?:{queue:<8.8} {username:<8.8} {name:<10.10+} {status_abbrev:>2.2} "
    "{ntasks:>6} {nnodes:>6h} {contextual_time!F:>8h} {contextual_info}";
inline constexpr const char* kLongJobFormat =
    "{id.f58:>12} ?:{queue:<8.8} {username:<8.8} {name:<10.10+} {status:>9.9} {ntasks:>6} "
    "{nnodes:>6h} {t_submit!d:%b%d %R::>12} {t_remaining!F:>12h} {contextual_time!F:>8h} "
    "{contextual_info}";
inline constexpr const char* kDependencyJobFormat =
    "{id.f58:>12} ?:{queue:<8.8} {name:<10.10+} {urgency:<3} {priority:<12} {state:<8.8} "
    "{dependencies}";

}  // namespace mc::flux::commands

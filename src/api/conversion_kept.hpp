#pragma once
// What a conversion would lose, as a list of changes that bring it back.
//
// Thread-safety: pure functions.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace mc::api {

/// A spec, and the same without the fields that say no more than their defaults: whether something
/// was edited is seen there, as the API server fills defaults in.
struct Compared {
  boost::json::object& spec;
  const boost::json::object& bare;
};

/// The changes that make `original` out of `translated`; format: see api/conversion.hpp.
boost::json::array changesBetween(const Compared& translated, const boost::json::object& original);

/// Applies the changes whose place looks as it did when they were noted. Takes any JSON: what is no
/// list of changes changes nothing.
void applyChanges(const boost::json::array& changes, const Compared& translated);

}  // namespace mc::api

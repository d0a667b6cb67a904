#pragma once
// What the API server asks the operator: to convert MiniClusters between versions, and whether one
// may be created or changed.
//
// Refusals carry the local engine's words: field, cause and cure. A change of an object that is
// being deleted, and one that leaves spec alone, is always taken, so that nothing that was stored
// once can get stuck.
//
// Source: apiextensions.k8s.io/v1 ConversionReview, admission.k8s.io/v1 AdmissionReview.
// Thread-safety: pure functions.

#include <boost/json/object.hpp>

#include "base/status.hpp"

namespace mc::controller {

/// The review with `response` in place of `request`. EINVAL if it is none of v1.
base::Result<boost::json::object> answerConversion(const boost::json::object& review);
base::Result<boost::json::object> answerAdmission(const boost::json::object& review);

}  // namespace mc::controller

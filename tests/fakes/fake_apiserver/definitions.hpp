#pragma once
// CustomResourceDefinitions: objects that teach the server new resources.
//
// Source: apiextensions.k8s.io/v1. Thread-safety: the caller holds World's mutex.

#include <boost/json/object.hpp>

#include "fakes/fake_apiserver/world.hpp"

namespace mc::fakes {

/// The resource that a definition describes. `conversions` are used for versions that it names;
/// others differ in nothing but their apiVersion.
ResourceType typeOfDefinition(const boost::json::object& definition,
                              const std::map<std::string, ServedVersion>& conversions);

/// What prepares a new definition: it is established at once.
void establish(boost::json::object& definition, const HookContext& context);

/// A definition was put: serves its resource.
void define(World& world, const boost::json::object& definition);
/// A definition was erased: its objects go, then the resource.
void undefine(World& world, const boost::json::object& definition);

}  // namespace mc::fakes

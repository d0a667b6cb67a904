#pragma once
// The program that we are, to be started again, here or on another node.
//
// Thread-safety: reads the environment.

#include <string>

namespace mc::flux::client {

/// The path of this program; "flux" where it can't be told.
std::string ownProgram();

/// `path` (as PATH) with the directory of this program in front where `path` leads to no flux.
std::string pathToFlux(const std::string& path);

}  // namespace mc::flux::client

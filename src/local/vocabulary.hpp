#pragma once
// The words that every engine shares, under the names this room uses.

#include "engine/engine.hpp"
#include "engine/view.hpp"

namespace mc::local {

using engine::Applied;
using engine::ClusterRef;
using engine::ClusterView;
using engine::Condition;
using engine::ContainerState;
using engine::ContainerView;
using engine::Engine;
using engine::Event;
using engine::ExecRequest;
using engine::LogOptions;
using engine::OutputSink;
using engine::Phase;
using engine::PodView;
using engine::Progress;
using engine::PullProgress;
using engine::RemoveOptions;
using engine::ServiceView;
using engine::Session;
using engine::Stream;
using engine::TerminalSize;
using engine::Until;

}  // namespace mc::local

#pragma once
// A timeline on a terminal, as a drawing, as a page and as data.
//
// Drawings and pages hold all they need: nothing is fetched, no script runs. They follow the
// reader's choice of light or dark, and say in words whatever they show in colours.
// Sources: SVG 2, WAI-ARIA 1.2 (graphics: WAI-ARIA Graphics Module), ECMA-48 (colours).
// Thread-safety: pure functions.

#include <boost/json/object.hpp>
#include <string>

#include "timeline/timeline.hpp"

namespace mc::timeline {

struct TextStyle {
  int columns = 80;
  bool colour = false;
};

/// A line for each lane, at most `columns` wide.
std::string textOf(const Timeline& timeline, const TextStyle& style);

/// An SVG document.
std::string svgOf(const Timeline& timeline);

/// The same without its XML head, to be a part of a page: its lanes take the keyboard's focus.
std::string svgPart(const Timeline& timeline);

/// An HTML document.
std::string htmlOf(const Timeline& timeline);

/// Times are RFC 3339 texts, lengths are seconds.
boost::json::object jsonOf(const Timeline& timeline);

// What all of them say:

/// "12.3 s, Succeeded" or "running for 12.3 s".
std::string summaryOf(const Timeline& timeline);

/// "hook pre: 1.2 s (so far)", with the span's detail.
std::string sayingOf(const Span& span);

/// How long a lane is, from its first span to its last, "" for one without.
std::string lengthOf(const Lane& lane);

}  // namespace mc::timeline

#pragma once
// Keeping an idle server small.
//
// Thread-safety: safe from any thread.

namespace mc::base {

/// Gives back the pages of the program's code and constants that nobody is using just now. The
/// kernel maps 16 of them around each one that is touched, so that starting up (reading the
/// configuration, key exchange) leaves most of the program resident. What is needed again comes
/// back from the page cache.
void releaseCode();

}  // namespace mc::base

#pragma once
// The programs `flux broker` and `flux start`.
//
// Thread-safety: one runs per process.

namespace mc::flux::broker {

/// argv[0] is the name in messages ("flux-broker"). Returns the exit status of the initial program
/// at rank 0, 0 elsewhere after an orderly end, 1 for a failure of the broker itself.
int brokerMain(int argc, char** argv);

/// Becomes a broker, or with --test-size starts several and waits for them.
int startMain(int argc, char** argv);

}  // namespace mc::flux::broker

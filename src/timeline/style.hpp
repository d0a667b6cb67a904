#pragma once
// The colours of drawings and pages, for light and for dark.
//
// Texts have a contrast of at least 4.5 to 1 to what is below them (WCAG 2.1, 1.4.3).
// Thread-safety: a constant.

namespace mc::timeline {

/// Variables for colours: --bg, --fg, --dim, --grid, --focus; of the tones --t0 ... and of the
/// texts on them --i0 ...
constexpr const char* kColours = R"(:root{color-scheme:light dark;
--bg:#fff;--fg:#1c2024;--dim:#57606a;--grid:#dde2e8;--row:#f0f3f6;--focus:#0b57d0;--bad:#b3261e;
--t0:#d3d9e0;--i0:#1c2024;--t1:#f2b84b;--i1:#1c2024;--t2:#cdbbea;--i2:#1c2024;--t3:#8ec2f5;--i3:#1c2024;
--t4:#1a7f4b;--i4:#fff;--t5:#a5b0bc;--i5:#1c2024;--t6:#b3261e;--i6:#fff}
@media(prefers-color-scheme:dark){:root{
--bg:#14171b;--fg:#e6e9ed;--dim:#a3adb8;--grid:#2d343c;--row:#1e2329;--focus:#8ab4f8;--bad:#ff8a80;
--t0:#414a55;--i0:#f2f4f6;--t1:#d99a2b;--i1:#14171b;--t2:#6d53a3;--i2:#fff;--t3:#5aa2e0;--i3:#14171b;
--t4:#35b371;--i4:#14171b;--t5:#5b6673;--i5:#fff;--t6:#ff8a80;--i6:#14171b}}
)";

constexpr const char* kMonospace =
    "\"DejaVu Sans Mono\",ui-monospace,Menlo,Consolas,\"Liberation Mono\",monospace";

}  // namespace mc::timeline

#include "flux/pmix/program.hpp"

#ifdef MC_PMIX_PROGRAM
asm(".section .rodata.pmix_program,\"a\",@progbits\n"
    ".globl mcPmixProgram\n"
    ".globl mcPmixProgramEnd\n"
    "mcPmixProgram:\n"
    ".incbin \"" MC_PMIX_PROGRAM
    "\"\n"
    "mcPmixProgramEnd:\n"
    ".byte 0\n"
    ".previous\n");
extern "C" const char mcPmixProgram[];
extern "C" const char mcPmixProgramEnd[];
#endif

namespace mc::flux::pmix {

std::string_view program() {
#ifdef MC_PMIX_PROGRAM
  return {mcPmixProgram, static_cast<size_t>(mcPmixProgramEnd - mcPmixProgram)};
#else
  return {};
#endif
}

}  // namespace mc::flux::pmix

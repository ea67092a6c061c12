// The choice of the instruction set at run time.
#pragma once

#include "kernels.h"

namespace medforge {

// The kernels in use: the best that the processor has, unless another set was forced.
const Kernels& kernels();

// Instruction sets that this processor can run, best first; returns their number.
int instructionSets(const Kernels** sets);

// Forces one by name; false when the processor lacks it or the name is unknown.
bool setInstructionSet(const char* name);

}  // namespace medforge

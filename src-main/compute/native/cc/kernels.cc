// Compiled once per instruction set: MEDFORGE_TARGET names the namespace, MEDFORGE_TABLE the table that it fills.
#include "arrays.h"
#include "convolution.h"
#include "rows.h"
#include "square.h"
#include "winograd.h"

namespace medforge {

using namespace MEDFORGE_TARGET;

extern const Kernels MEDFORGE_TABLE = {
    MEDFORGE_NAME,
    convolutionTasks,
    convolution,
    filterGradientTasks,
    filterGradient,
    flipFilter,
    transformInput,
    transformFilter,
    collectFilter,
    winogradGradientTasks,
    winogradGradient,
    square,
    squareGradient,
    squareFilter,
    squareCollect,
    rowMoments,
    node,
    pool,
    poolGradient,
    nodeSums,
    normGradient,
    sourceGradient,
    sourceGradientSums,
    halve,
    rectifiedMean,
    rectifiedMeanGradient,
    block,
    unblock,
    dot,
    sgd,
    binary,
    reluArray,
    reluGradient,
    scaleAdd,
    multiplyAdds,
};

}  // namespace medforge

// Which convolutions of a network go by squares (square.h), and what they need.
#pragma once

#include "network-plan.h"
#include "scratch.h"
#include "works.h"

namespace medforge {

// Depends on sizes alone, so that a result has the same bits whatever it is computed together with.
bool suitsSquares(const NetworkStep& step, const Shape& source);

// A filter [3][3][from][to] at the points; flipped for the gradient of the input, with `to` and `from` changed over. Added to `flips` and `transforms`, which must be run in this order.
const float* squareFilterOf(Scratch& scratch, const NetworkStep& step, const float* filter, bool flipped, Works& flips,
                            Works& transforms);

// kSquareRoom floats that belong to the thread.
float* squareRoom();

}  // namespace medforge

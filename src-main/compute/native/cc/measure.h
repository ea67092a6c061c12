// Speed of single kernels on made-up data, for `medforge bench`.
#pragma once

#include "kernels.h"

namespace medforge {

enum class ConvolutionPass { kForward, kInputGradient, kFilterGradient };

struct Measured {
  double seconds;     // best of the repetitions
  double operations;  // additions and multiplications of the products that are computed, transforms not counted
  double direct;      // what a direct convolution computes for the same result, taps on padding left out
};

// A convolution with as many outputs as inputs on each of `edges` edges of one node, taps x taps, on all threads.
Measured measureConvolution(ConvolutionPass pass, const Shape& shape, int taps, int edges, int repetitions);

// Floating-point operations a second of multiply-adds that touch no memory, on all threads: the best of `repetitions`.
double measurePeak(int repetitions);

}  // namespace medforge

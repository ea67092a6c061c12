// A whole cell of the supernet as one call forward and one backward.
#pragma once

#include "kernels.h"

namespace medforge {

constexpr int kEdges = 6;
constexpr int kOperations = 5;  // none, skip, 1x1, kernel-variable, 3x3 average pool
constexpr int kBranches = 4;    // 1x1, 7x7, 5x5, 3x3
constexpr int kBranchSize[kBranches] = {1, 7, 5, 3};
constexpr int kKernels = 3;     // 7, 5, 3
constexpr int kTarget[kEdges] = {1, 2, 2, 3, 3, 3};
constexpr int kSource[kEdges] = {0, 0, 1, 0, 1, 2};

// Buffers that live from the forward call to the backward call, each as large as the cell's input, and the statistics,
// [kEdges * kBranches][2][channels].
enum CellSlot {
  kConvolved = 0,
  kValues = kEdges * kBranches,  // nodes 0, 1, 2
  kRectified = kValues + 3,      // their ReLU
  kPools = kRectified + 3,       // their 3x3 average
  kStatistics = kPools + 3,
  kSlots,
};

// What has to be computed: active, reachable from the input and leading to the output. Everything else is as if it were
// not there; its gradients are zero.
struct CellPlan {
  bool convolution[kEdges][kBranches];
  bool skip[kEdges], pool[kEdges];
  bool reached;        // is there a path from the input to the output at all
  bool slots[kSlots];  // which buffers are needed

  // operations: [kEdges][kOperations], kernels: [kEdges][kKernels], non-zero = active.
  CellPlan(const uint8_t* operations, const uint8_t* kernels);
  bool edge(int e) const;
};

struct CellForward {
  Shape shape;
  const float* x;                    // NHWC
  const float* filters[kBranches];   // [kEdges][k][k][channels][channels]; null where no edge needs it
  const float* operations;           // [kEdges][kOperations]
  const float* kernels;              // [kEdges][kKernels]; null: 7x7 alone, with weight 1
  float* slots[kSlots];
  float* y;  // NHWC
};

struct CellBackward {
  Shape shape;
  const float* dy;                   // NHWC
  const float* filters[kBranches];
  const float* operations;
  const float* kernels;
  float* slots[kSlots];              // the convolutions' are overwritten
  float* dx;                         // NHWC
  float* filterGradients[kBranches]; // null where no edge needs it
  float* operationGradients;
  float* kernelGradients;            // null when `kernels` is
};

void cellForward(const CellPlan& plan, const CellForward& call);
void cellBackward(const CellPlan& plan, const CellBackward& call);

}  // namespace medforge

/** TensorFlow.js with the gradients of its standard kernels; every other file imports `tf` from here. */
import '@tensorflow/tfjs';

export * as tf from '@tensorflow/tfjs-core';

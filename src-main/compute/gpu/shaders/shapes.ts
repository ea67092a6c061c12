/** A convolution with padding k >> 1; sides of the filter differ from job to job. */
export interface ConvolutionShape {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly from: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly to: number;
  readonly stride: number;
  /** Buffers of filters that a job may choose from. */
  readonly filters: number;
  /** ReLU of the input before the convolution. */
  readonly relu: boolean;
  /** Straight from storage: see direct.ts. */
  readonly direct: boolean;
}

export interface FilterGradientShape extends ConvolutionShape {
  /** Of a mixed cell: images are its nodes, and the gradients of the convolutions are made as they are read. */
  readonly cell: boolean;
}

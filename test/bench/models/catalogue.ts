// The models that are measured, what is asked of them, and what others have published of the like.

export type Measured = {
  readonly model: string;
  /** Below test/models, with rows beside it. */
  readonly file: string;
  /** Greatest constraints that the project allows itself. */
  readonly most: number;
  /** Bits of inputs, where the calibration is not to choose fewer. */
  readonly inputBits: number;
};

export const MODELS: readonly Measured[] = [
  { model: "mlp-196-25-10", file: "mlp-196-25-10", most: 3100, inputBits: 8 },
  { model: "mlp-196-24-14-10", file: "mlp-196-24-14-10", most: 3400, inputBits: 8 },
  { model: "mlp-784-56-10", file: "mlp-784-56-10", most: 9400, inputBits: 8 },
  { model: "iris-forest-100", file: "iris-forest-100", most: 1500, inputBits: 8 },
  { model: "cancer-boosting-50x6", file: "cancer-boosting-50x6", most: 8000, inputBits: 16 },
  { model: "cancer-xgboost-50x6", file: "cancer-xgboost-50x6", most: 8000, inputBits: 16 },
  { model: "lenet-14x14", file: "lenet-14x14", most: 60_000, inputBits: 8 },
  { model: "lenet-14x14-padded", file: "lenet-14x14-padded", most: 60_000, inputBits: 8 },
];

export type Published = { readonly system: string; readonly model: string; readonly constraints: number };

/** Of other circuits, from their own publications or measured from their source; nets of the same shapes. */
export const PUBLISHED: readonly Published[] = [
  { system: "circomlib-ml (accepts forged outputs)", model: "MNIST net of 5,185 parameters", constraints: 18_075 },
  { system: "circomlib-ml (accepts forged outputs)", model: "MNIST net of 5,228 parameters", constraints: 24_826 },
  { system: "circomlib-ml (accepts forged outputs)", model: "MNIST net of 44,530 parameters", constraints: 73_416 },
  { system: "sound circuit, int8 constants, no statement", model: "net of 5,185 parameters", constraints: 2_442 },
  { system: "sound circuit, int8 constants, no statement", model: "net of 5,228 parameters", constraints: 2_729 },
  { system: "sound circuit, int8 constants, no statement", model: "net of 44,530 parameters", constraints: 8_073 },
  { system: "compared node by node", model: "100 trees, depth 3, 4 features", constraints: 12_264 },
  { system: "one monotone indicator a threshold", model: "100 trees, depth 3, 4 features", constraints: 624 },
];

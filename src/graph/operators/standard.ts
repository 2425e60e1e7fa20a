// The operators of ai.onnx, by name.

import type { Operator } from "../operator.ts";
import * as Activation from "./activation.ts";
import { cast } from "./casting.ts";
import * as Constants from "./constants.ts";
import * as Convolution from "./convolution.ts";
import * as Elementwise from "./elementwise.ts";
import * as Layers from "./layers.ts";
import * as Meaning from "./meaning.ts";
import * as Movement from "./movement.ts";
import * as Pooling from "./pooling.ts";
import * as Reduction from "./reduction.ts";

export const STANDARD: ReadonlyMap<string, Operator> = new Map([
  ["Abs", Activation.absolute],
  ["Add", Elementwise.add],
  ["ArgMax", Reduction.argMax],
  ["ArgMin", Reduction.argMin],
  ["AveragePool", Pooling.averagePool],
  ["BatchNormalization", Convolution.batchNormalization],
  ["Cast", cast],
  ["Ceil", Constants.ceil],
  ["Clip", Activation.clip],
  ["Concat", Movement.concat],
  ["Constant", Constants.constantNode],
  ["ConstantOfShape", Constants.constantOfShape],
  ["Conv", Convolution.conv],
  ["Div", Elementwise.divide],
  ["Dropout", Meaning.dropout],
  ["Exp", Constants.exponential],
  ["Expand", Movement.expand],
  ["Flatten", Meaning.flatten],
  ["Floor", Constants.floor],
  ["Gather", Movement.gather],
  ["Gemm", Layers.gemm],
  ["GlobalAveragePool", Pooling.globalAveragePool],
  ["GlobalMaxPool", Pooling.globalMaxPool],
  ["HardSigmoid", Activation.hardSigmoid],
  ["HardSwish", Activation.hardSwish],
  ["Identity", Meaning.identity],
  ["LeakyRelu", Activation.leakyRelu],
  ["Log", Constants.logarithm],
  ["LogSoftmax", Activation.logSoftmax],
  ["MatMul", Layers.matMul],
  ["Max", Reduction.maximum],
  ["MaxPool", Pooling.maxPool],
  ["Mean", Elementwise.mean],
  ["Min", Reduction.minimum],
  ["Mul", Elementwise.multiply],
  ["Neg", Elementwise.negate],
  ["PRelu", Activation.parametricRelu],
  ["Pad", Movement.pad],
  ["Pow", Elementwise.power],
  ["Range", Constants.range],
  ["Reciprocal", Constants.reciprocal],
  ["ReduceMax", Reduction.reduceMax],
  ["ReduceMean", Reduction.reduceMean],
  ["ReduceMin", Reduction.reduceMin],
  ["ReduceSum", Reduction.reduceSum],
  ["ReduceSumSquare", Reduction.reduceSumSquare],
  ["Relu", Activation.rectify],
  ["Reshape", Meaning.reshape],
  ["Shape", Constants.shapeOf],
  ["Sigmoid", Activation.sigmoid],
  ["Size", Constants.size],
  ["Slice", Movement.slice],
  ["Softmax", Activation.softmax],
  ["Split", Movement.split],
  ["Sqrt", Constants.squareRoot],
  ["Squeeze", Meaning.squeeze],
  ["Sub", Elementwise.subtract],
  ["Sum", Elementwise.total],
  ["Tanh", Activation.tanh],
  ["Tile", Movement.tile],
  ["Transpose", Meaning.transpose],
  ["Unsqueeze", Meaning.unsqueeze],
]);

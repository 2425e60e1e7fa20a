// The operators of ai.onnx, by name.

import { badShape, type Operator } from "../operator.ts";
import * as Activation from "./activation.ts";
import { cast } from "./casting.ts";
import * as Constants from "./constants.ts";
import * as Convolution from "./convolution.ts";
import * as Elementwise from "./elementwise.ts";
import * as Layers from "./layers.ts";
import * as Movement from "./movement.ts";
import * as Parts from "./parts.ts";
import * as Pooling from "./pooling.ts";
import * as Reduction from "./reduction.ts";
import * as Reshaping from "./reshaping.ts";

/** Name, how many inputs ONNX gives it at most (attributes of old opsets aside), and how many outputs if not one. */
type Entry = readonly [name: string, inputs: number, operator: Operator, outputs?: number];

const ANY = Number.POSITIVE_INFINITY;

const ENTRIES: readonly Entry[] = [
  ["Abs", 1, Activation.absolute],
  ["Add", 2, Elementwise.add],
  ["ArgMax", 1, Reduction.argMax],
  ["ArgMin", 1, Reduction.argMin],
  ["AveragePool", 1, Pooling.averagePool],
  ["BatchNormalization", 5, Convolution.batchNormalization],
  ["Cast", 1, cast],
  ["Ceil", 1, Constants.ceil],
  ["Clip", 3, Activation.clip],
  ["Concat", ANY, Parts.concat],
  ["Constant", 0, Constants.constantNode],
  ["ConstantOfShape", 1, Constants.constantOfShape],
  ["Conv", 3, Convolution.conv],
  ["Div", 2, Elementwise.divide],
  ["Dropout", 3, Reshaping.dropout, 2],
  ["Exp", 1, Constants.exponential],
  ["Expand", 2, Movement.expand],
  ["Flatten", 1, Reshaping.flatten],
  ["Floor", 1, Constants.floor],
  ["Gather", 2, Movement.gather],
  ["Gemm", 3, Layers.gemm],
  ["GlobalAveragePool", 1, Pooling.globalAveragePool],
  ["GlobalMaxPool", 1, Pooling.globalMaxPool],
  ["HardSigmoid", 1, Activation.hardSigmoid],
  ["HardSwish", 1, Activation.hardSwish],
  ["Identity", 1, Reshaping.identity],
  ["LeakyRelu", 1, Activation.leakyRelu],
  ["Log", 1, Constants.logarithm],
  ["LogSoftmax", 1, Activation.logSoftmax],
  ["MatMul", 2, Layers.matMul],
  ["Max", ANY, Reduction.maximum],
  ["MaxPool", 1, Pooling.maxPool, 2],
  ["Mean", ANY, Elementwise.mean],
  ["Min", ANY, Reduction.minimum],
  ["Mul", 2, Elementwise.multiply],
  ["Neg", 1, Elementwise.negate],
  ["PRelu", 2, Activation.parametricRelu],
  ["Pad", 4, Movement.pad],
  ["Pow", 2, Elementwise.power],
  ["Range", 3, Constants.range],
  ["Reciprocal", 1, Constants.reciprocal],
  ["ReduceMax", 2, Reduction.reduceMax],
  ["ReduceMean", 2, Reduction.reduceMean],
  ["ReduceMin", 2, Reduction.reduceMin],
  ["ReduceSum", 2, Reduction.reduceSum],
  ["ReduceSumSquare", 2, Reduction.reduceSumSquare],
  ["Relu", 1, Activation.rectify],
  ["Reshape", 2, Reshaping.reshape],
  ["Shape", 1, Constants.shapeOf],
  ["Sigmoid", 1, Activation.sigmoid],
  ["Size", 1, Constants.size],
  ["Slice", 5, Movement.slice],
  ["Softmax", 1, Activation.softmax],
  ["Split", 2, Parts.split, ANY],
  ["Sqrt", 1, Constants.squareRoot],
  ["Squeeze", 2, Reshaping.squeeze],
  ["Sub", 2, Elementwise.subtract],
  ["Sum", ANY, Elementwise.total],
  ["Tanh", 1, Activation.tanh],
  ["Tile", 2, Movement.tile],
  ["Transpose", 1, Reshaping.transpose],
  ["Unsqueeze", 2, Reshaping.unsqueeze],
];

export const STANDARD: ReadonlyMap<string, Operator> = new Map(
  ENTRIES.map(([name, inputs, operator, outputs = 1]) => [name, within(inputs, outputs, operator)]),
);

/** An input that an operator does not look at, or an output that nobody knows, may mean anything. */
function within(inputs: number, outputs: number, operator: Operator): Operator {
  return (context) => {
    const got = [context.inputs.length, context.node.outputs.length];
    if (context.inputs.length <= inputs && context.node.outputs.length <= outputs) return operator(context);
    throw badShape(context, `got ${got[0]} inputs and ${got[1]} outputs, want at most ${inputs} and ${outputs}`);
  };
}

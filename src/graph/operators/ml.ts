// Operators of ai.onnx.ml by name.

import type { Operator } from "../operator.ts";
import { featureVectorizer } from "./ml/featureVectorizer.ts";
import { linearClassifier, linearRegressor } from "./ml/linear.ts";
import { normalizer } from "./ml/normalizer.ts";
import { scaler } from "./ml/scaler.ts";
import { treeEnsembleClassifier } from "./ml/treeClassifier.ts";
import { treeEnsembleRegressor } from "./ml/treeRegressor.ts";
import { zipMap } from "./ml/zipMap.ts";

export const ML: ReadonlyMap<string, Operator> = new Map([
  ["FeatureVectorizer", featureVectorizer],
  ["LinearClassifier", linearClassifier],
  ["LinearRegressor", linearRegressor],
  ["Normalizer", normalizer],
  ["Scaler", scaler],
  ["TreeEnsembleClassifier", treeEnsembleClassifier],
  ["TreeEnsembleRegressor", treeEnsembleRegressor],
  ["ZipMap", zipMap],
]);

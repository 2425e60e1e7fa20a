// Operators of ai.onnx.ml by name.

import type { Operator } from "../operator.ts";
import { arrayFeatureExtractor } from "./ml/arrayFeatureExtractor.ts";
import { featureVectorizer } from "./ml/featureVectorizer.ts";
import { labelEncoder } from "./ml/labelEncoder.ts";
import { linearClassifier, linearRegressor } from "./ml/linear.ts";
import { normalizer } from "./ml/normalizer.ts";
import { scaler } from "./ml/scaler.ts";
import { svmClassifier } from "./ml/svmClassifier.ts";
import { svmRegressor } from "./ml/svmRegressor.ts";
import { treeEnsembleClassifier } from "./ml/treeClassifier.ts";
import { treeEnsemble } from "./ml/treeEnsemble.ts";
import { treeEnsembleRegressor } from "./ml/treeRegressor.ts";
import { zipMap } from "./ml/zipMap.ts";

export const ML: ReadonlyMap<string, Operator> = new Map([
  ["ArrayFeatureExtractor", arrayFeatureExtractor],
  ["FeatureVectorizer", featureVectorizer],
  ["LabelEncoder", labelEncoder],
  ["LinearClassifier", linearClassifier],
  ["LinearRegressor", linearRegressor],
  ["Normalizer", normalizer],
  ["Scaler", scaler],
  ["SVMClassifier", svmClassifier],
  ["SVMRegressor", svmRegressor],
  ["TreeEnsemble", treeEnsemble],
  ["TreeEnsembleClassifier", treeEnsembleClassifier],
  ["TreeEnsembleRegressor", treeEnsembleRegressor],
  ["ZipMap", zipMap],
]);

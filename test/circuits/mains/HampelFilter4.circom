pragma circom 2.2.2;

include "models/HampelFilter.circom";

// Public, so that simplification keeps every input.
component main {public [price, present, observers, any, kQ8, floorPpm]} = HampelFilter(4);

pragma circom 2.2.2;

include "inference/Affine.circom";

// More terms than one piece holds. Public, so that simplification keeps every input.
component main {public [in]} = Affine(40, 2, 41, [0, 40, 41], [0, 7, 14, 21, 28, 35, 2, 9, 16, 23, 30, 37, 4, 11, 18, 25, 32, 39, 6, 13, 20, 27, 34, 1, 8, 15, 22, 29, 36, 3, 10, 17, 24, 31, 38, 5, 12, 19, 26, 33, 5], [1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -12, 13, -14, 15, -16, 17, -18, 19, -20, 21, -22, 23, -24, 25, -26, 27, -28, 29, -30, 31, -32, 33, -34, 35, -36, 37, -38, 39, -40, 2], [-1, 2]);

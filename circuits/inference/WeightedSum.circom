pragma circom 2.2.2;

// WeightedSum(SIZE): out = sum of weight[k] * in[k]: one element of a linear layer whose weights are signals.
//
// Assumes: the caller's bound on the sum, far below p (2^50 for a model's), from the ranges of `in` and `weight`.
// Enforces: the equation in the field, product by product; a sum that wrapped around would pass here.
// Cost: SIZE.
template WeightedSum(SIZE) {
    signal input in[SIZE];
    signal input weight[SIZE];
    signal output out;

    signal product[SIZE];
    var total = 0;
    for (var k = 0; k < SIZE; k++) {
        product[k] <== weight[k] * in[k];
        total += product[k];
    }
    out <== total;
}

pragma circom 2.2.2;

// Boolean(): `in` is 0 or 1.
//
// Cost: 1.
template Boolean() {
    signal input in;

    in * (in - 1) === 0;
}

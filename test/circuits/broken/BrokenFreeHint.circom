pragma circom 2.2.2;

// BrokenFreeHint(): an output that no constraint names. For the tests of the tests.
template BrokenFreeHint() {
    signal input in;
    signal output twice;
    signal output hint;

    twice <== 2 * in * in;
    hint <-- in + 1;
    hint * 0 === 0;
}

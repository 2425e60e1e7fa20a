pragma circom 2.2.2;

// BrokenRemainderOnly(): a division that asserts its equality and no range, as circomlib-ml had it: any quotient will do.
// For the tests of the tests.
template BrokenRemainderOnly() {
    signal input numerator;
    signal input denominator;
    signal output quotient;
    signal output remainder;

    quotient <-- numerator \ denominator;
    remainder <-- numerator % denominator;
    quotient * denominator + remainder === numerator;
}

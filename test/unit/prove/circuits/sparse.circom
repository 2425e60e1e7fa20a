pragma circom 2.2.3;

// Wires that occur in A only (a), in B only (b), in C only (c), and nowhere (e, which is public; circom drops d).
template Sparse() {
    signal input a;
    signal input b;
    signal input c;
    signal input d;
    signal input e;

    a * b === c;
}

component main {public [e]} = Sparse();

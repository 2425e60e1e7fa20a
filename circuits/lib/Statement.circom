pragma circom 2.2.2;

include "Digest.circom";
include "tags.circom";

// Statement(LENGTH): binds a vector of any length to three field elements: its digest `commitment`, and its
// `evaluation` = sum of v_k * challenge^(k + 1), at a challenge that the verifier derives from both sides' vectors.
//
// Assumes: the verifier computes challenge = low 248 bits of keccak256(commitment, its own vector) and the evaluation of
// its own vector. Two different vectors then agree with probability at most LENGTH / 2^248 (eprint 2025/1500).
// Mirrors: src/statement/statement.ts, contracts' StatementLib, test/vectors/statement.json.
// Cost: the digest and LENGTH.
template Statement(LENGTH) {
    signal input v[LENGTH];
    signal input challenge;
    signal output commitment;
    signal output evaluation;

    commitment <== Digest(TAG_STATEMENT(), LENGTH)(v);

    signal horner[LENGTH];
    for (var k = LENGTH - 1; k >= 0; k--) {
        if (k == LENGTH - 1) {
            horner[k] <== v[k] * challenge;
        } else {
            horner[k] <== (v[k] + horner[k + 1]) * challenge;
        }
    }
    evaluation <== horner[0];
}

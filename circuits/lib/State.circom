pragma circom 2.2.2;

include "Digest.circom";
include "tags.circom";

// State(M): the digest of what the model remembers: digest(STATE, [epoch, level_j + scale_j * 2^80 ...]).
//
// Assumes: level, scale < 2^80, checked by the feed model for the old state and the next one alike.
// Mirrors: src/round/state.ts, test/vectors/state.json.
template State(M) {
    signal input epoch;
    signal input level[M];
    signal input scale[M];
    signal output digest;

    component list = Digest(TAG_STATE(), M + 1);
    list.in[0] <== epoch;
    for (var j = 0; j < M; j++) {
        list.in[j + 1] <== level[j] + scale[j] * 2 ** 80;
    }
    digest <== list.out;
}

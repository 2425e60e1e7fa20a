pragma circom 2.2.2;

include "Digest.circom";
include "RangeCheck.circom";
include "Unary.circom";
include "tags.circom";

// Configuration(N, M, P): the digest of a feed set's configuration, and which slots and feeds it uses.
//
// Enforces: 1 <= quorum <= minSigners <= reporterCount <= N <= 16, feedCount <= M; key elements of unused slots are 0.
// Mirrors: src/round/configuration.ts, test/vectors/configuration.json.
template Configuration(N, M, P) {
    signal input feedSetId;
    signal input reporterCount;
    signal input feedCount;
    signal input minSigners;
    signal input quorum;
    signal input key[N][2];
    signal input parameters[P];
    signal output digest;
    signal output reporterLive[N]; // [slot < reporterCount]
    signal output feedLive[M];     // [feed < feedCount]

    assert(N <= 16 && M <= 32);
    reporterLive <== Unary(N)(reporterCount);
    feedLive <== Unary(M)(feedCount);
    RangeCheck(4)(quorum - 1);
    RangeCheck(4)(minSigners - quorum);
    RangeCheck(4)(reporterCount - minSigners);

    component keys = Digest(TAG_KEYS(), 2 * N);
    for (var i = 0; i < N; i++) {
        for (var k = 0; k < 2; k++) {
            key[i][k] * (1 - reporterLive[i]) === 0;
            keys.in[2 * i + k] <== key[i][k];
        }
    }
    signal model <== Digest(TAG_MODEL(), P)(parameters);
    digest <== Digest(TAG_CONFIG(), 7)([feedSetId, reporterCount, feedCount, minSigners, quorum, keys.out, model]);
}

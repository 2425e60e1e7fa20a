pragma circom 2.2.2;

include "circomlib/circuits/comparators.circom";
include "Boolean.circom";
include "Configuration.circom";
include "IsNonZero.circom";
include "RangeCheck.circom";
include "SignedObservation.circom";
include "State.circom";
include "Statement.circom";

// PriceRound(N, M): I know observations for one epoch, signed by the reporters in the slots of a bitmap, and the state
// of a digest, such that the committed model gives exactly these reports and this next state. N reporters, M feeds.
//
// The model is whatever the entry file includes: ModelParameterCount, ModelParameters and FeedModel (circuits/models).
// Assumes: registered keys are valid (SignedObservation) and differ: a key in two slots would count twice. The contract
// checks order and time of epochs.
// Public: commitment, evaluation, challenge, in this order.
// Statement: [config, state, nextState, header, word_0 ...], header = epoch 40 | signers 16 | reset mask 32, two reports
// of 124 bits to a word, low bits first (docs/protocol.md, "The statement").
// Cost: circuits/constraints.json.
template PriceRound(N, M) {
    signal input challenge; // public

    // configuration
    signal input feedSetId;
    signal input reporterCount;
    signal input feedCount;
    signal input minSigners;
    signal input quorum;
    signal input key[N][2];                         // 0, 0 in unused slots
    signal input parameters[ModelParameterCount()];
    // state before this round
    signal input previousEpoch;
    signal input level[M];
    signal input scale[M];
    // this round
    signal input epoch;
    signal input reset[M];                          // boolean
    signal input signed[N];                         // boolean
    signal input price[N][M];                       // 0 = none
    signal input r8[N][2];                          // 0, 0 where not signed
    signal input s[N];                              // 0 where not signed

    signal output commitment;
    signal output evaluation;

    var P = ModelParameterCount();
    var WORDS = (M + 1) \ 2;

    // 1. The configuration and its parameters.
    component configuration = Configuration(N, M, P);
    configuration.feedSetId <== feedSetId;
    configuration.reporterCount <== reporterCount;
    configuration.feedCount <== feedCount;
    configuration.minSigners <== minSigners;
    configuration.quorum <== quorum;
    configuration.key <== key;
    configuration.parameters <== parameters;
    ModelParameters()(parameters);
    RangeCheck(40)(epoch);

    // 2. The observations: signed, of live slots, at least minSigners of them.
    signal present[N][M]; // [price != 0]
    var signers = 0;
    var signersBitmap = 0;
    for (var i = 0; i < N; i++) {
        SignedObservation(M)(signed[i], feedSetId, epoch, price[i], key[i], r8[i], s[i]);
        signed[i] * (1 - configuration.reporterLive[i]) === 0;
        signers += signed[i];
        signersBitmap += signed[i] * 2 ** i;
        var prices = 0;
        for (var j = 0; j < M; j++) {
            present[i][j] <== IsNonZero()(price[i][j]);
            prices += present[i][j];
        }
        // A slot that did not sign has no price.
        prices * (1 - signed[i]) === 0;
    }
    RangeCheck(4)(signers - minSigners);

    // 3. The model, feed by feed.
    component feed[M];
    signal quorate[M];
    var observers[M];
    var resetMask = 0;
    for (var j = 0; j < M; j++) {
        Boolean()(reset[j]);
        resetMask += reset[j] * 2 ** j;
        feed[j] = FeedModel(N);
        observers[j] = 0;
        for (var i = 0; i < N; i++) {
            observers[j] += present[i][j];
            feed[j].price[i] <== price[i][j];
            feed[j].present[i] <== present[i][j];
        }
        // A feed beyond feedCount has no price.
        observers[j] * (1 - configuration.feedLive[j]) === 0;
        quorate[j] <== GreaterEqThan(5)([observers[j], quorum]);
        feed[j].observers <== observers[j];
        feed[j].quorate <== quorate[j];
        feed[j].live <== configuration.feedLive[j];
        feed[j].reset <== reset[j];
        feed[j].level <== level[j];
        feed[j].scale <== scale[j];
        feed[j].parameters <== parameters;
    }

    // 4. The two states.
    component before = State(M);
    component after = State(M);
    before.epoch <== previousEpoch;
    after.epoch <== epoch;
    for (var j = 0; j < M; j++) {
        before.level[j] <== level[j];
        before.scale[j] <== scale[j];
        after.level[j] <== feed[j].nextLevel;
        after.scale[j] <== feed[j].nextScale;
    }

    // 5. The statement.
    component statement = Statement(4 + WORDS);
    statement.challenge <== challenge;
    statement.v[0] <== configuration.digest;
    statement.v[1] <== before.digest;
    statement.v[2] <== after.digest;
    statement.v[3] <== epoch + signersBitmap * 2 ** 40 + resetMask * 2 ** 56;
    for (var w = 0; w < WORDS; w++) {
        var word = 0;
        for (var j = 2 * w; j < 2 * w + 2 && j < M; j++) {
            var report = feed[j].answer + feed[j].dispersion * 2 ** 80 + feed[j].score * 2 ** 92
                + feed[j].inliers * 2 ** 106 + feed[j].status * 2 ** 122;
            word += report * 2 ** (124 * (j - 2 * w));
        }
        statement.v[4 + w] <== word;
    }
    commitment <== statement.commitment;
    evaluation <== statement.evaluation;
}

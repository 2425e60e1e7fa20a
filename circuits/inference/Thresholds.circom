pragma circom 2.2.2;

include "../lib/RangeCheck.circom";

// Thresholds(SIZE, LOW, HIGH, THRESHOLD, BITS): out[i] = [in >= THRESHOLD[i]], for rising thresholds in (LOW, HIGH].
//
// One monotone row of indicators stands for every comparison that anybody makes with `in`.
// Assumes: neighbours among LOW, the thresholds and HIGH + 1 are at most 2^BITS apart; an `in` between two that are not may have
// no witness. Of `in` nothing: outside [LOW, HIGH] it has none.
// Enforces: out is ones followed by zeros; in is not below the last threshold that is reached, and below the next.
// Cost: SIZE + 2 * BITS.
template Thresholds(SIZE, LOW, HIGH, THRESHOLD, BITS) {
    signal input in;
    signal output out[SIZE];

    assert(BITS <= 200);
    var lower = LOW;
    var upper = THRESHOLD[0];
    var falling = THRESHOLD[SIZE - 1] > HIGH ? 1 : 0;
    for (var i = 0; i < SIZE; i++) {
        // Pinned by: 0, or equal to the one before it (to 1, for the first): ones followed by zeros. How many: then `lower`
        // and `upper` are neighbours with lower <= in < upper, by two range checks of BITS bits, which cannot wrap:
        // their sum, upper - 1 - lower, is a small constant whatever `in` is. Of rising thresholds only one pair has `in`
        // between its neighbours.
        out[i] <-- in >= THRESHOLD[i] ? 1 : 0;
        out[i] * ((i == 0 ? 1 : out[i - 1]) - out[i]) === 0;
        falling += THRESHOLD[i] > (i == 0 ? LOW : THRESHOLD[i - 1]) ? 0 : 1;
        lower += out[i] * (THRESHOLD[i] - (i == 0 ? LOW : THRESHOLD[i - 1]));
        upper += out[i] * ((i == SIZE - 1 ? HIGH + 1 : THRESHOLD[i + 1]) - THRESHOLD[i]);
    }
    assert(falling == 0);
    RangeCheck(BITS)(in - lower);
    RangeCheck(BITS)(upper - 1 - in);
}

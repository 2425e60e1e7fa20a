// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVerifier} from "./IVerifier.sol";

/// @title A set of price feeds that one proof updates together
/// @notice A round is accepted only with a proof that signed observations and the committed model give exactly its
/// reports. The proof is the authority, not the sender: anyone may submit.
/// @dev Warning: a proof does not say that sources told the truth. Read docs/threat-model.md.
interface IFeedSet {
    /* TYPES */

    /// @notice What the model said about a feed: 0 accepted, 1 held back by the control chart, 2 refused as too far,
    /// 3 too few prices. Only in OK does the answer that consumers read change.
    enum Status {
        OK,
        HELD,
        REFUSED,
        NO_QUORUM
    }

    /// @notice One report, as the model made it.
    /// @param answer Price, scaled by the feed's decimals. In HELD and REFUSED the price that was NOT accepted.
    /// @param dispersion Upper median of the distances from the median, in units of 10 ppm of the median; 4095 and more
    /// read 4095.
    /// @param score Distance from the control chart's level; 256 is at the threshold.
    /// @param inliers Bitmap of the reporter slots whose prices counted.
    struct Report {
        uint256 answer;
        uint256 dispersion;
        uint256 score;
        uint256 inliers;
        Status status;
    }

    /// @notice A feed as consumers see it in one round.
    /// @param roundId The round that was asked for.
    /// @param answer The answer of `answeredInRound`, scaled by the feed's decimals. Always positive.
    /// @param updatedAt Unix seconds at which the epoch of `answeredInRound` began: when prices were observed.
    /// @param answeredInRound The newest round up to `roundId` in which this feed was OK.
    struct Answer {
        uint256 roundId;
        uint256 answer;
        uint256 updatedAt;
        uint256 answeredInRound;
    }

    struct FeedInfo {
        string description;
        uint8 decimals;
    }

    /// @notice A proven round, as it is submitted.
    /// @param proof See IVerifier.
    /// @param commitment `C`, the digest of the statement vector. Below p.
    /// @param prevState The state digest that the proof starts from.
    /// @param nextState The state digest after it. Below p.
    /// @param header Epoch (40 bits) and signers (16 bits), low bits first: below 2^56.
    /// @param words ceil(M / 2) words, two reports of 124 bits each, feed 2i low: below 2^248.
    struct Submission {
        uint256[8] proof;
        uint256 commitment;
        uint256 prevState;
        uint256 nextState;
        uint256 header;
        uint256[] words;
    }

    /// @notice What names a set for good. With the feeds and the period, the preimage of `feedSetId`.
    /// @param environment "production", "staging": no staging observation counts in production.
    struct Identity {
        string environment;
        string name;
        bytes32 salt;
    }

    /// @notice What the config digest is made of, in clear, and the reporters' proofs that they hold their keys.
    /// @dev Warning: the contract cannot compute Poseidon. That `config` is the digest of this, that every key is on the
    /// curve and in the prime-order subgroup, and that every possession proof holds, is for whoever watches governance
    /// to recompute: `assay feed inspect` does.
    /// @param keys One Baby Jubjub key (x, y) for each of the circuit's reporter slots, zeros from `reporterCount` on.
    /// @param possessions One signature (R8.x, R8.y, S) a reporter, of its key and `feedSetId`. No part of the digest.
    /// @param model The model's parameters in docs/protocol.md's order.
    struct ConfigPreimage {
        uint256 feedSetId;
        uint256 reporterCount;
        uint256 feedCount;
        uint256 minSigners;
        uint256 quorum;
        uint256[2][] keys;
        uint256[3][] possessions;
        uint256[] model;
    }

    /// @notice What a set is made with.
    /// @param genesisState digest(STATE, [0, 0, ...]) for the circuit's capacity.
    /// @param capacity The circuit's feeds M: a round has ceil(M / 2) words.
    /// @param period Seconds to an epoch.
    /// @param maxAge How many epochs old a round may be when it is submitted, 1 to 4.
    /// @param history How many rounds are kept at first, at least 2. Older ones are overwritten and revert as unknown.
    /// @param admin Holds DEFAULT_ADMIN_ROLE: a timelock. Not zero.
    /// @param adminDelay Seconds between the two steps of a change of admin, at most 30 days.
    /// @param guardian First holder of GUARDIAN_ROLE: may pause and deny at once, and nothing else. May be zero.
    struct Params {
        Identity identity;
        uint256 config;
        ConfigPreimage preimage;
        uint256 genesisState;
        uint256 capacity;
        uint256 period;
        uint256 maxAge;
        uint256 history;
        FeedInfo[] feeds;
        IVerifier verifier;
        address admin;
        uint48 adminDelay;
        address guardian;
    }

    /* ERRORS */

    /// @notice A constructor argument out of its bounds. `what` is the argument's name.
    error FeedSet_BadParameter(bytes32 what, uint256 got, uint256 bound);
    error FeedSet_StaleState(uint256 got, uint256 want);
    /// @notice Acceptance is paused. What is stored stays readable.
    error FeedSet_Paused();
    error FeedSet_NotPaused();
    /// @notice Rounds whose proof is checked by the caller are the verifier's alone to bring.
    error FeedSet_NotTheVerifier(address got, address want);
    error FeedSet_WordCount(uint256 got, uint256 want);
    error FeedSet_HeaderTooLarge(uint256 got, uint256 bound);
    error FeedSet_WordTooLarge(uint256 index, uint256 got, uint256 bound);
    error FeedSet_BlockHasRound(uint256 blockNumber);
    /// @notice Not newer than the last epoch: `want` is the least that would do.
    error FeedSet_EpochNotNewer(uint256 got, uint256 want);
    /// @notice The epoch has not begun: `want` is the greatest that would do.
    error FeedSet_EpochInFuture(uint256 got, uint256 want);
    /// @notice Older than `maxAge` epochs: `want` is the least that would do.
    error FeedSet_EpochTooOld(uint256 got, uint256 want);
    /// @notice Signers that are denied: `got` is the round's bitmap, `denied` the mask.
    error FeedSet_DeniedSigner(uint256 got, uint256 denied);
    /// @notice A reset waits, and the epoch is not after it: `want` is the least that would do.
    error FeedSet_EpochBeforeReset(uint256 got, uint256 want);
    error FeedSet_ProofRefused(uint256 commitment, uint256 evaluation, uint256 challenge);
    error FeedSet_UnknownFeed(uint256 got, uint256 feedCount);
    /// @notice Never made, or no longer kept. Rounds `oldest` to `latest` are known; none when `latest` is 0.
    error FeedSet_UnknownRound(uint256 got, uint256 oldest, uint256 latest);
    /// @notice The feed had not been OK in any round up to this one.
    error FeedSet_NoAnswer(uint256 feed, uint256 roundId);
    /// @notice What this round carried was overwritten after 32 further spells in which the feed was not OK.
    error FeedSet_CarryOverwritten(uint256 feed, uint256 roundId);
    /// @notice Neither the admin nor a guardian.
    error FeedSet_NotGuardian(address got);
    error FeedSet_NotOneOfTheFeeds(uint256 got, uint256 allowed);
    error FeedSet_NotOneOfTheReporters(uint256 got, uint256 allowed);
    /// @notice The slots that were named are another config's: `want` is the present one.
    error FeedSet_StaleConfig(uint256 got, uint256 want);
    error FeedSet_WrongFeedSetId(uint256 got, uint256 want);
    error FeedSet_FeedCountChanged(uint256 got, uint256 want);
    error FeedSet_BadReporterCount(uint256 got, uint256 bound);
    error FeedSet_BadQuorum(uint256 minSigners, uint256 quorum, uint256 reporterCount);
    /// @notice A key that is zero below `reporterCount`, not zero from it on, or not a pair of field elements.
    error FeedSet_BadKey(uint256 slot, uint256 x, uint256 y);
    /// @notice Two slots have one key or a key and its negative, and so one secret up to sign.
    error FeedSet_DuplicateKey(uint256 slot, uint256 earlierSlot);
    /// @notice One possession proof a reporter is wanted.
    error FeedSet_PossessionCount(uint256 got, uint256 want);
    error FeedSet_ConfigNotCanonical(uint256 got, uint256 bound);
    error FeedSet_NotAVerifier(address got);
    /// @notice The admin passes its role on in two steps; it is never given up.
    error FeedSet_AdminNeeded();

    /* EVENTS */

    /// @notice With the circuit's inputs of the same epoch, all that the next prover needs to rebuild the state.
    /// @param header Epoch (40 bits), signers (16 bits), reset mask (32 bits), low bits first: as it was proven.
    event RoundAccepted(uint256 indexed roundId, uint256 header, uint256 nextState, uint256[] words);
    /// @notice A feed that this round did not change, and why. `answer` is what was NOT accepted.
    event ReportNotOk(uint256 indexed roundId, uint256 indexed feed, Status indexed status, uint256 answer);
    /// @notice Once, at creation: the preimage of `feedSetId`, low 248 bits of
    /// keccak256(abi.encode(environment, name, feeds, uint64(period), salt)).
    event FeedSetCreated(
        uint256 indexed feedSetId, string environment, string name, FeedInfo[] feeds, uint64 period, bytes32 salt
    );
    event ConfigChanged(uint256 indexed oldConfig, uint256 indexed newConfig, ConfigPreimage preimage, uint256 period);
    /// @param newSelector The new verifier's. The old one's stands in the event that brought it.
    event VerifierChanged(IVerifier indexed oldVerifier, IVerifier indexed newVerifier, bytes4 newSelector);
    event ResetMaskChanged(uint256 oldMask, uint256 newMask);
    event DeniedMaskChanged(uint256 oldMask, uint256 newMask);
    event Paused(address indexed by);
    event Unpaused(address indexed by);
    /// @notice Takes effect with the round that would have come round to the first row of the old ring, if not at once.
    event HistoryGrown(uint256 oldHistory, uint256 newHistory);

    /* ROUNDS */

    /// @notice Accepts one round or reverts. Checked in this order: the previous state, a pause, canonical encoding, one
    /// round a block, the epoch's order, its time, denied signers, a waiting reset, the proof.
    /// @dev A lost race fails at the first check, cheaply. Nobody is named in the proof, so a copied transaction does
    /// for its sender what the first would have done.
    /// What is decoded counts, not its encoding: bytes behind the call, say, mean nothing. The words' number is checked.
    function submit(Submission calldata submission) external;

    /// @notice `submit` for the set's verifier, which checks the proof itself, with others at once, before its own call
    /// ends, and reverts if it does not hold. Everything but the proof is checked here, in the same order.
    /// @dev Safe because the verifier is the one contract whose word on a proof the set takes anyway; what happens
    /// between this call and the proof's check is undone with it.
    /// @return accepted False, and nothing has changed, if the set's state is not `prevState`: another round came first.
    /// @return evaluation `s`, for the proof's check.
    /// @return challenge `rho`, for the proof's check.
    function acceptDeferred(Submission calldata submission)
        external
        returns (bool accepted, uint256 evaluation, uint256 challenge);

    /// @notice The feed in the newest round.
    /// @dev Warning: the answer is carried while the feed is not OK. Bound `updatedAt`, always.
    function latestAnswerOf(uint256 feed) external view returns (Answer memory);

    /// @notice The feed in a round that is still kept.
    function answerOf(uint256 feed, uint256 roundId) external view returns (Answer memory);

    /// @notice The newest report, whatever its status, and its round.
    /// @dev Warning: `report.answer` is the accepted answer only if `report.status` is OK.
    /// @return roundId The newest round.
    /// @return observedAt Unix seconds at which its epoch began.
    /// @return report The report.
    function latestReportOf(uint256 feed)
        external
        view
        returns (uint256 roundId, uint256 observedAt, Report memory report);

    /// @notice The report of a round that is still kept, whatever its status.
    function reportOf(uint256 feed, uint256 roundId) external view returns (uint256 observedAt, Report memory report);

    /// @notice A kept round as it was submitted: without the words beyond the last feed, which are zero.
    function roundOf(uint256 roundId) external view returns (uint256 epoch, uint256 signers, uint256[] memory words);

    /// @notice The newest round's id; 0 before the first.
    function latestRound() external view returns (uint256);

    /// @notice The newest round's epoch; 0 before the first.
    function lastEpoch() external view returns (uint256);

    /* GOVERNANCE */

    /// @notice Changes reporters, quorums or model parameters. Feeds, decimals, period and `feedSetId` stay.
    /// @dev A denied key stays denied, and so does its negative, in whatever slot it stands and when it comes back; a
    /// slot's bit clears when its key changes.
    function setConfig(uint256 newConfig, ConfigPreimage calldata preimage) external;

    /// @dev The old verifier is not called, so that none can stand in the way of its replacement.
    function setVerifier(IVerifier newVerifier) external;

    /// @notice Lets the next round start these feeds' control charts afresh. Adds to the mask: a bit clears only in a
    /// round in which that feed is OK. Until the mask is zero, rounds must be of epochs after this block's.
    /// @dev Warning: the next price of these feeds is accepted wherever it lies.
    /// @param feeds Bitmap of feeds.
    function reset(uint256 feeds) external;

    /// @notice From now on no round counts in which any of these reporters signed. The admin's or a guardian's.
    /// @param expectedConfig The config that the slots were read from: in another one they may hold other keys.
    /// @param reporters Bitmap of reporter slots.
    function deny(uint256 expectedConfig, uint256 reporters) external;

    /// @notice Lifts the denial of these reporters' keys, after a false alarm. The admin's.
    /// @param expectedConfig The config that the slots were read from.
    /// @param reporters Bitmap of reporter slots.
    function allow(uint256 expectedConfig, uint256 reporters) external;

    /// @notice From now on no round is accepted; answers stay readable and grow old. The admin's or a guardian's.
    function pause() external;

    /// @notice Rounds are accepted again. The admin's.
    function unpause() external;

    /// @notice Keeps more rounds. The admin's, because whoever submits pays for the first write of each new row.
    /// @param newHistory More than were asked for last, at most 65535.
    function grow(uint256 newHistory) external;

    /* VIEWS */

    function config() external view returns (uint256);
    function state() external view returns (uint256);
    function verifier() external view returns (IVerifier);
    function paused() external view returns (bool);
    function resetMask() external view returns (uint256);
    /// @notice The epoch of the newest reset: while `resetMask` is not zero, rounds must be of later ones.
    function resetEpoch() external view returns (uint256);
    function deniedMask() external view returns (uint256);
    function feedSetId() external view returns (uint256);
    function feedCount() external view returns (uint256);
    function reporterCount() external view returns (uint256);
    function wordCount() external view returns (uint256);
    function period() external view returns (uint256);
    function maxAge() external view returns (uint256);
    /// @notice How many rounds the ring has rows for.
    function history() external view returns (uint256);
    /// @notice The same, once the last growth has taken effect.
    function nextHistory() external view returns (uint256);
    function description(uint256 feed) external view returns (string memory);
    function decimals(uint256 feed) external view returns (uint8);
}

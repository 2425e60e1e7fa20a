// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {
    IAccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";
import {FeedSet} from "../../contracts/feed/FeedSet.sol";
import {IFeedSet} from "../../contracts/interfaces/IFeedSet.sol";
import {IVerifier} from "../../contracts/interfaces/IVerifier.sol";
import {FakeVerifier} from "./support/FakeVerifier.sol";
import {SetFixture} from "./support/SetFixture.sol";

contract FeedSetGovernanceTest is SetFixture {
    /* CONSTRUCTOR */

    function test_StartsAsItWasTold() public view {
        assertEq(set.config(), 1001, "config");
        assertEq(set.state(), 2000, "state");
        assertEq(address(set.verifier()), address(fake), "verifier");
        assertEq(set.owner(), owner, "owner");
        assertTrue(set.hasRole(set.GUARDIAN_ROLE(), guardian), "guardian");
        assertEq(set.defaultAdminDelay(), ADMIN_DELAY, "admin delay");
        assertFalse(set.paused(), "paused");
        assertEq(set.nextHistory(), HISTORY, "next history");
        assertEq(set.typeAndVersion(), "AssayFeedSet 1.0.0", "type and version");
        assertEq(set.feedSetId(), _preimage().feedSetId, "feedSetId");
        assertEq(set.feedCount(), 3, "feedCount");
        assertEq(set.reporterCount(), 4, "reporterCount");
        assertEq(set.wordCount(), 2, "wordCount");
        assertEq(set.period(), PERIOD, "period");
        assertEq(set.maxAge(), 2, "maxAge");
        assertEq(set.history(), HISTORY, "history");
        assertEq(set.description(2), "EUR / USD", "description");
        assertEq(set.decimals(2), 6, "decimals");
        assertEq(set.resetMask() + set.deniedMask() + set.lastEpoch() + set.latestRound() + set.resetEpoch(), 0, "rest");
    }

    function test_EmitsItsFirstSettings() public {
        vm.expectEmit();
        emit IFeedSet.FeedSetCreated(
            _preimage().feedSetId, "test", "fake", _feedInfos(), uint64(PERIOD), bytes32(uint256(1))
        );
        vm.expectEmit();
        emit IFeedSet.ConfigChanged(0, 1001, _preimage(), PERIOD);
        vm.expectEmit();
        emit IFeedSet.VerifierChanged(IVerifier(address(0)), fake, fake.selector());
        vm.expectEmit();
        emit IAccessControl.RoleGranted(keccak256("GUARDIAN_ROLE"), guardian, address(this));
        new FeedSet(_params());
    }

    function _expectBad(IFeedSet.Params memory params, bytes32 what, uint256 got, uint256 bound_) private {
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_BadParameter.selector, what, got, bound_));
        new FeedSet(params);
    }

    function test_RevertIf_AParameterIsOutOfBounds() public {
        IFeedSet.Params memory params = _params();
        params.capacity = 33;
        _expectBad(params, "capacity", 33, 32);
        params.capacity = 0;
        _expectBad(params, "capacity", 0, 1);
        params.capacity = 2;
        _expectBad(params, "feedCount", 3, 2);
        params = _params();
        params.preimage.feedCount = 0;
        _expectBad(params, "feedCount", 0, 1);
        params = _params();
        params.preimage.feedCount = 2;
        _expectBad(params, "feeds", 3, 2);
        params.preimage.feedCount = 4;
        _expectBad(params, "feeds", 3, 4);
        params = _params();
        params.period = 0;
        _expectBad(params, "period", 0, 1);
        params.period = 2 ** 32;
        _expectBad(params, "period", 2 ** 32, 2 ** 32 - 1);
        params = _params();
        params.maxAge = 0;
        _expectBad(params, "maxAge", 0, 1);
        params.maxAge = 5;
        _expectBad(params, "maxAge", 5, 4);
        params = _params();
        params.history = 1;
        _expectBad(params, "history", 1, 2);
        params.history = 2 ** 16;
        _expectBad(params, "history", 2 ** 16, 2 ** 16 - 1);
        params = _params();
        params.adminDelay = 30 days + 1;
        _expectBad(params, "adminDelay", 30 days + 1, 30 days);
        params = _params();
        params.genesisState = P;
        _expectBad(params, "genesisState", P, P - 1);
    }

    function test_RevertIf_TheVerifierHasNoCode() public {
        IFeedSet.Params memory params = _params();
        params.verifier = IVerifier(stranger);
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_NotAVerifier.selector, stranger));
        new FeedSet(params);
    }

    function test_RevertIf_ThereIsNoAdmin() public {
        IFeedSet.Params memory params = _params();
        params.admin = address(0);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControlDefaultAdminRules.AccessControlInvalidDefaultAdmin.selector, address(0)
            )
        );
        new FeedSet(params);
    }

    /* WHO MAY */

    function _missingRole(address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, caller, bytes32(0));
    }

    function testFuzz_RevertIf_ACallerIsNotTheAdmin(address caller) public {
        vm.assume(caller != owner);
        bytes memory refused = _missingRole(caller);
        bytes32 guardianRole = set.GUARDIAN_ROLE();
        vm.startPrank(caller);
        vm.expectRevert(refused);
        set.setConfig(1, _preimage());
        vm.expectRevert(refused);
        set.setVerifier(fake);
        vm.expectRevert(refused);
        set.reset(1);
        vm.expectRevert(refused);
        set.grantRole(guardianRole, caller);
        vm.expectRevert(refused);
        set.allow(1001, 1);
        vm.expectRevert(refused);
        set.unpause();
        vm.expectRevert(refused);
        set.grow(100);
        vm.expectRevert(refused);
        set.beginDefaultAdminTransfer(caller);
        if (caller != guardian) {
            bytes memory notGuardian = abi.encodeWithSelector(IFeedSet.FeedSet_NotGuardian.selector, caller);
            vm.expectRevert(notGuardian);
            set.deny(1001, 1);
            vm.expectRevert(notGuardian);
            set.pause();
        }
    }

    function test_TheAdminPassesItsRoleOnInTwoStepsAndADelay() public {
        vm.prank(owner);
        set.beginDefaultAdminTransfer(stranger);
        uint48 schedule = uint48(block.timestamp) + ADMIN_DELAY;
        vm.warp(schedule);
        vm.prank(stranger);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControlDefaultAdminRules.AccessControlEnforcedDefaultAdminDelay.selector, schedule
            )
        );
        set.acceptDefaultAdminTransfer();
        assertEq(set.owner(), owner, "until it is accepted");
        vm.warp(schedule + 1);
        vm.prank(stranger);
        set.acceptDefaultAdminTransfer();
        assertEq(set.owner(), stranger, "after");
        vm.prank(owner);
        vm.expectRevert(_missingRole(owner));
        set.reset(1);
    }

    function test_RevertIf_TheAdminsDelayBecomesTooLong() public {
        vm.startPrank(owner);
        vm.expectRevert(
            abi.encodeWithSelector(
                IFeedSet.FeedSet_BadParameter.selector, bytes32("adminDelay"), type(uint48).max, 30 days
            )
        );
        set.changeDefaultAdminDelay(type(uint48).max);
        set.changeDefaultAdminDelay(30 days);
        (uint48 pending,) = set.pendingDefaultAdminDelay();
        assertEq(pending, 30 days, "pending");
    }

    function test_RevertIf_AnyoneButTheNamedAcceptsTheRole() public {
        vm.prank(owner);
        set.beginDefaultAdminTransfer(stranger);
        vm.warp(block.timestamp + ADMIN_DELAY + 1);
        vm.prank(guardian);
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControlDefaultAdminRules.AccessControlInvalidDefaultAdmin.selector, guardian)
        );
        set.acceptDefaultAdminTransfer();
    }

    function test_RevertIf_TheAdminGivesItsRoleUp() public {
        vm.startPrank(owner);
        vm.expectRevert(IFeedSet.FeedSet_AdminNeeded.selector);
        set.beginDefaultAdminTransfer(address(0));
        vm.warp(block.timestamp + ADMIN_DELAY + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControlDefaultAdminRules.AccessControlEnforcedDefaultAdminDelay.selector, 0)
        );
        set.renounceRole(0x00, owner);
        assertEq(set.owner(), owner, "owner");
    }

    /* CONFIG */

    function test_ConfigChangesAndKeepsTheState() public {
        _okRound(100);
        IFeedSet.ConfigPreimage memory preimage = _preimage();
        preimage.reporterCount = 5;
        preimage.keys[4] = [uint256(900), 901];
        preimage.possessions = new uint256[3][](5);
        preimage.minSigners = 4;
        vm.expectEmit(address(set));
        emit IFeedSet.ConfigChanged(1001, 1002, preimage, PERIOD);
        vm.prank(owner);
        set.setConfig(1002, preimage);
        assertEq(set.config(), 1002, "config");
        assertEq(set.reporterCount(), 5, "reporters");
        assertEq(set.state(), 2001, "state");
        _assertAnswer(set.latestAnswerOf(0), 1, 100, epoch, 1, "answer");
    }

    function _expectRefused(IFeedSet.ConfigPreimage memory preimage, bytes memory reason) private {
        vm.prank(owner);
        vm.expectRevert(reason);
        set.setConfig(1002, preimage);
    }

    function test_RevertIf_TheConfigIsNotCanonical() public {
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_ConfigNotCanonical.selector, P, P));
        set.setConfig(P, _preimage());
    }

    function test_RevertIf_TheFeedSetIdChanges() public {
        IFeedSet.ConfigPreimage memory preimage = _preimage();
        uint256 id = preimage.feedSetId;
        preimage.feedSetId = 78;
        _expectRefused(preimage, abi.encodeWithSelector(IFeedSet.FeedSet_WrongFeedSetId.selector, 78, id));
    }

    function test_RevertIf_TheFeedCountChanges() public {
        IFeedSet.ConfigPreimage memory preimage = _preimage();
        preimage.feedCount = 4;
        _expectRefused(preimage, abi.encodeWithSelector(IFeedSet.FeedSet_FeedCountChanged.selector, 4, 3));
    }

    function test_RevertIf_TheReporterCountIsBad() public {
        IFeedSet.ConfigPreimage memory preimage = _preimage();
        preimage.reporterCount = 6;
        _expectRefused(preimage, abi.encodeWithSelector(IFeedSet.FeedSet_BadReporterCount.selector, 6, 5));
        preimage.reporterCount = 0;
        _expectRefused(preimage, abi.encodeWithSelector(IFeedSet.FeedSet_BadReporterCount.selector, 0, 5));
        preimage.keys = new uint256[2][](17);
        _expectRefused(preimage, abi.encodeWithSelector(IFeedSet.FeedSet_BadReporterCount.selector, 17, 16));
    }

    function test_RevertIf_TheQuorumIsBad() public {
        IFeedSet.ConfigPreimage memory preimage = _preimage();
        preimage.quorum = 4;
        _expectRefused(preimage, abi.encodeWithSelector(IFeedSet.FeedSet_BadQuorum.selector, 3, 4, 4));
        preimage.quorum = 0;
        _expectRefused(preimage, abi.encodeWithSelector(IFeedSet.FeedSet_BadQuorum.selector, 3, 0, 4));
        preimage.quorum = 3;
        preimage.minSigners = 5;
        _expectRefused(preimage, abi.encodeWithSelector(IFeedSet.FeedSet_BadQuorum.selector, 5, 3, 4));
    }

    function test_RevertIf_APossessionProofIsMissing() public {
        IFeedSet.ConfigPreimage memory preimage = _preimage();
        preimage.possessions = new uint256[3][](3);
        _expectRefused(preimage, abi.encodeWithSelector(IFeedSet.FeedSet_PossessionCount.selector, 3, 4));
        preimage.possessions = new uint256[3][](5);
        _expectRefused(preimage, abi.encodeWithSelector(IFeedSet.FeedSet_PossessionCount.selector, 5, 4));
    }

    function test_RevertIf_AKeyIsBad() public {
        IFeedSet.ConfigPreimage memory preimage = _preimage();
        preimage.keys[4] = [uint256(0), 1];
        _expectRefused(preimage, abi.encodeWithSelector(IFeedSet.FeedSet_BadKey.selector, 4, 0, 1));
        preimage = _preimage();
        preimage.keys[2] = [uint256(0), 0];
        _expectRefused(preimage, abi.encodeWithSelector(IFeedSet.FeedSet_BadKey.selector, 2, 0, 0));
        preimage.keys[2] = [P, 1];
        _expectRefused(preimage, abi.encodeWithSelector(IFeedSet.FeedSet_BadKey.selector, 2, P, 1));
        preimage.keys[2] = [1, P];
        _expectRefused(preimage, abi.encodeWithSelector(IFeedSet.FeedSet_BadKey.selector, 2, 1, P));
    }

    function test_RevertIf_TwoSlotsHaveOneKeyUpToItsSign() public {
        uint256[4] memory xs = [0, 1, P / 2, P - 1];
        for (uint256 i = 0; i < xs.length; i++) {
            IFeedSet.ConfigPreimage memory preimage = _preimage();
            preimage.keys[1] = [xs[i], 7];
            preimage.keys[3] = [xs[i], 7];
            bytes memory reason = abi.encodeWithSelector(IFeedSet.FeedSet_DuplicateKey.selector, 3, 1);
            _expectRefused(preimage, reason);
            preimage.keys[3][0] = (P - xs[i]) % P;
            _expectRefused(preimage, reason);
            IFeedSet.Params memory params = _params();
            params.preimage = preimage;
            vm.expectRevert(reason);
            new FeedSet(params);
        }
    }

    function test_KeysThatShareOneCoordinateAreTwoKeys() public {
        IFeedSet.ConfigPreimage memory preimage = _preimage();
        preimage.keys[1] = [uint256(100), 7];
        preimage.keys[2] = [uint256(101), 7];
        preimage.keys[3] = [uint256(100), P - 7];
        vm.prank(owner);
        set.setConfig(1002, preimage);
        assertEq(set.config(), 1002, "config");
    }

    /* VERIFIER */

    function test_VerifierChanges() public {
        FakeVerifier other = new FakeVerifier(keccak256("other"));
        other.setAccepts(false);
        vm.expectEmit(address(set));
        emit IFeedSet.VerifierChanged(fake, other, other.selector());
        vm.prank(owner);
        set.setVerifier(other);
        assertEq(address(set.verifier()), address(other), "verifier");
        IFeedSet.Submission memory made = _submission([uint256(1), 2, 3], [OK, OK, OK]);
        vm.expectPartialRevert(IFeedSet.FeedSet_ProofRefused.selector);
        _send(made);
    }

    function test_AVerifierThatRevertsCanBeReplaced() public {
        FakeVerifier other = new FakeVerifier(keccak256("other"));
        vm.mockCallRevert(address(fake), bytes(""), bytes("broken"));
        vm.prank(owner);
        set.setVerifier(other);
        assertEq(address(set.verifier()), address(other), "verifier");
    }

    function test_RevertIf_TheNewVerifierHasNoCode() public {
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_NotAVerifier.selector, stranger));
        set.setVerifier(IVerifier(stranger));
    }

    /* RESET */

    function _reset(uint256 feeds) private {
        vm.prank(owner);
        set.reset(feeds);
    }

    function test_ResetWaitsForEachFeedToBeOk() public {
        _okRound(100);
        vm.expectEmit(address(set));
        emit IFeedSet.ResetMaskChanged(0, 3);
        _reset(3);
        assertEq(set.resetEpoch(), epoch, "epoch");

        // Feed 0 lacks quorum, feed 1 is OK, feed 2 was not reset.
        _begin(epoch + 1);
        IFeedSet.Submission memory made = _submission([uint256(0), 5000, 300], [NO_QUORUM, OK, HELD]);
        vm.expectEmit(address(set));
        emit IFeedSet.RoundAccepted(2, made.header | (3 << 56), made.nextState, made.words);
        vm.expectEmit(address(set));
        emit IFeedSet.ReportNotOk(2, 0, IFeedSet.Status.NO_QUORUM, 0);
        vm.expectEmit(address(set));
        emit IFeedSet.ReportNotOk(2, 2, IFeedSet.Status.HELD, 300);
        vm.expectEmit(address(set));
        emit IFeedSet.ResetMaskChanged(3, 1);
        _send(made);
        assertEq(set.resetMask(), 1, "feed 0 still waits");

        _round([uint256(7000), 5000, 300], [OK, HELD, HELD]);
        assertEq(set.resetMask(), 0, "none waits");
        _round([uint256(7000), 5000, 300], [HELD, HELD, HELD]);
        assertEq(set.resetMask(), 0, "and none comes back");
    }

    function test_ResetAddsToTheMaskAndMovesItsEpoch() public {
        _reset(1);
        _begin(epoch + 1);
        vm.expectEmit(address(set));
        emit IFeedSet.ResetMaskChanged(1, 5);
        _reset(4);
        assertEq(set.resetMask(), 5, "mask");
        assertEq(set.resetEpoch(), epoch, "epoch");
        IFeedSet.Submission memory made = _submission([uint256(1), 2, 3], [OK, OK, OK]);
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_EpochBeforeReset.selector, epoch, epoch + 1));
        _send(made);
    }

    function test_AResetDoesNotOutliveItsMask() public {
        _reset(1);
        _okRound(1);
        // The clock went past the reset's epoch with the mask; later rounds are bound by the usual rules only.
        _okRound(2);
        assertEq(set.latestRound(), 2, "rounds");
    }

    function test_RevertIf_AResetNamesNoFeedOrAnUnknownOne() public {
        vm.startPrank(owner);
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_NotOneOfTheFeeds.selector, 0, 7));
        set.reset(0);
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_NotOneOfTheFeeds.selector, 9, 7));
        set.reset(9);
    }

    /* DENIED REPORTERS */

    function _deny(uint256 reporters) private {
        vm.prank(guardian);
        set.deny(1001, reporters);
    }

    function test_DenyAddsToTheMask() public {
        _deny(1);
        vm.expectEmit(address(set));
        emit IFeedSet.DeniedMaskChanged(1, 9);
        vm.prank(owner);
        set.deny(1001, 8);
        assertEq(set.deniedMask(), 9, "mask");
    }

    function test_ARoundKeepsTheDeniedMask() public {
        _deny(8);
        IFeedSet.Submission memory made = _submission([uint256(1), 2, 3], [OK, OK, OK]);
        made.header = epoch | (7 << 40);
        _send(made);
        assertEq(set.deniedMask(), 8, "mask");
    }

    function test_ADenialEndsOnlyWhenThatSlotsKeyChanges() public {
        _deny(6);
        IFeedSet.ConfigPreimage memory preimage = _preimage();
        preimage.quorum = 2;
        vm.prank(owner);
        set.setConfig(1002, preimage);
        assertEq(set.deniedMask(), 6, "the same keys");

        preimage.keys[1] = [uint256(500), 501];
        vm.expectEmit(address(set));
        emit IFeedSet.DeniedMaskChanged(6, 4);
        vm.prank(owner);
        set.setConfig(1003, preimage);
        assertEq(set.deniedMask(), 4, "one key changed");
    }

    function test_ADeniedKeyStaysDeniedInAnotherSlot() public {
        _deny(2);
        IFeedSet.ConfigPreimage memory preimage = _preimage();
        (preimage.keys[1], preimage.keys[3]) = (preimage.keys[3], preimage.keys[1]);
        vm.prank(owner);
        set.setConfig(1002, preimage);
        assertEq(set.deniedMask(), 8, "mask");
    }

    function test_ADeniedKeyStaysDeniedWhenItIsNegated() public {
        _deny(2);
        IFeedSet.ConfigPreimage memory preimage = _preimage();
        preimage.keys[1][0] = P - preimage.keys[1][0];
        vm.prank(owner);
        set.setConfig(1002, preimage);
        assertEq(set.deniedMask(), 2, "the negative");

        // And the other way about: the key is denied in its greater spelling.
        preimage.keys[3][0] = P - preimage.keys[3][0];
        vm.startPrank(owner);
        set.setConfig(1003, preimage);
        set.deny(1003, 8);
        set.setConfig(1001, _preimage());
        assertEq(set.deniedMask(), 10, "both in their lesser spelling");
    }

    /// @dev Slots 1 and 3 change places before the denial of slot 1 arrives: it must not hit the one that stands there.
    function test_RevertIf_ADenialIsOfAnotherConfigsSlots() public {
        IFeedSet.ConfigPreimage memory preimage = _preimage();
        (preimage.keys[1], preimage.keys[3]) = (preimage.keys[3], preimage.keys[1]);
        vm.prank(owner);
        set.setConfig(1002, preimage);
        vm.startPrank(guardian);
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_StaleConfig.selector, 1001, 1002));
        set.deny(1001, 2);
        assertEq(set.deniedMask(), 0, "nobody is denied");
        set.deny(1002, 8);
        assertEq(set.deniedMask(), 8, "who was meant");
    }

    function test_TheOwnerLiftsADenialForGood() public {
        _deny(7);
        vm.expectEmit(address(set));
        emit IFeedSet.DeniedMaskChanged(7, 4);
        vm.prank(owner);
        set.allow(1001, 3);
        assertEq(set.deniedMask(), 4, "mask");

        IFeedSet.Submission memory made = _submission([uint256(1), 2, 3], [OK, OK, OK]);
        made.header = epoch | (11 << 40);
        _send(made);
        assertEq(set.latestRound(), 1, "they sign again");

        // The key was lifted, not only the slot's bit; the one that was not named is denied as before.
        IFeedSet.ConfigPreimage memory preimage = _preimage();
        (preimage.keys[0], preimage.keys[3]) = (preimage.keys[3], preimage.keys[0]);
        vm.prank(owner);
        set.setConfig(1002, preimage);
        assertEq(set.deniedMask(), 4, "mask in another config");
    }

    function test_AReporterCanBeDeniedAgain() public {
        _deny(2);
        vm.prank(owner);
        set.allow(1001, 2);
        _deny(2);
        assertEq(set.deniedMask(), 2, "mask");
    }

    function test_RevertIf_TheGuardianLiftsADenial() public {
        _deny(2);
        vm.prank(guardian);
        vm.expectRevert(_missingRole(guardian));
        set.allow(1001, 2);
    }

    function test_RevertIf_AllowIsOfAnotherConfigOrOfNoReporter() public {
        _deny(2);
        vm.startPrank(owner);
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_StaleConfig.selector, 1000, 1001));
        set.allow(1000, 2);
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_NotOneOfTheReporters.selector, 0, 15));
        set.allow(1001, 0);
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_NotOneOfTheReporters.selector, 18, 15));
        set.allow(1001, 18);
        assertEq(set.deniedMask(), 2, "mask");
    }

    function test_RevertIf_DenyNamesNoReporterOrAnUnknownOne() public {
        vm.startPrank(guardian);
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_NotOneOfTheReporters.selector, 0, 15));
        set.deny(1001, 0);
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_NotOneOfTheReporters.selector, 16, 15));
        set.deny(1001, 16);
    }

    function test_TheAdminChangesGuardians() public {
        bytes32 role = set.GUARDIAN_ROLE();
        vm.startPrank(owner);
        set.revokeRole(role, guardian);
        set.grantRole(role, stranger);
        vm.stopPrank();
        vm.prank(guardian);
        vm.expectRevert(abi.encodeWithSelector(IFeedSet.FeedSet_NotGuardian.selector, guardian));
        set.deny(1001, 1);
        vm.prank(stranger);
        set.deny(1001, 1);
        assertEq(set.deniedMask(), 1, "mask");
    }

    /* PAUSE */

    function test_APauseRefusesRoundsAndChangesNoAnswer() public {
        _okRound(100);
        vm.expectEmit(address(set));
        emit IFeedSet.Paused(guardian);
        vm.prank(guardian);
        set.pause();
        assertTrue(set.paused(), "paused");
        _begin(epoch + 1);
        IFeedSet.Submission memory made = _submission([uint256(200), 201, 202], [OK, OK, OK]);
        vm.expectRevert(IFeedSet.FeedSet_Paused.selector);
        _send(made);
        _assertAnswer(set.latestAnswerOf(0), 1, 100, epoch - 1, 1, "while it lasts");

        vm.expectEmit(address(set));
        emit IFeedSet.Unpaused(owner);
        vm.prank(owner);
        set.unpause();
        _send(made);
        _assertAnswer(set.latestAnswerOf(0), 2, 200, epoch, 2, "after it");
    }

    function test_APauseKeepsEverythingElseOfTheHotWord() public {
        _deny(8);
        vm.startPrank(owner);
        set.reset(5);
        set.pause();
        assertEq(set.deniedMask(), 8, "denied mask");
        assertEq(set.resetMask(), 5, "reset mask");
        assertEq(set.resetEpoch(), epoch, "reset epoch");
        set.unpause();
        assertEq(set.deniedMask(), 8, "denied mask after");
        assertEq(set.resetMask(), 5, "reset mask after");
        assertEq(set.resetEpoch(), epoch, "reset epoch after");
    }

    function test_ADenialAndAResetKeepAPause() public {
        vm.startPrank(owner);
        set.pause();
        set.deny(1001, 2);
        set.reset(1);
        assertTrue(set.paused(), "paused");
    }

    function test_RevertIf_PausedTwiceOrUnpausedTwice() public {
        vm.startPrank(owner);
        vm.expectRevert(IFeedSet.FeedSet_NotPaused.selector);
        set.unpause();
        set.pause();
        vm.expectRevert(IFeedSet.FeedSet_Paused.selector);
        set.pause();
    }

    function test_RevertIf_AGuardianUnpauses() public {
        vm.startPrank(guardian);
        set.pause();
        vm.expectRevert(_missingRole(guardian));
        set.unpause();
    }
}

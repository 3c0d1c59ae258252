using static HpcCr.Core.EpochEvent;
using static HpcCr.Core.EpochState;

namespace HpcCr.Core.Tests.Epochs;

public sealed class EpochTransitionsTests
{
    private static readonly EpochState[] AllStates = Enum.GetValues<EpochState>();
    private static readonly EpochState[] Finals = [Complete, Stopped, Aborted, Lost];

    // States in which nodes are asked something, so that any of them may fail or lose an engine.
    private static readonly EpochState[] Asking = [.. AllStates.Except(Finals).Except([Idle, Lose])];

    public static TheoryData<EpochState> NotFinal => [.. AllStates.Except(Finals)];

    public static TheoryData<EpochState> AsksNodes => [.. Asking];

    [Fact]
    public void Final_IsWhatTheDesignNames() => Assert.Equal(Finals, AllStates.Where(s => s.IsFinal()));

    [Theory]
    [MemberData(nameof(NotFinal))]
    public void Next_OfAFailureInAnyStateThatIsNotFinal_IsSomewhereElse(EpochState state)
    {
        var next = Assert.NotNull(EpochTransitions.Next(state, Failed));

        Assert.NotEqual(state, next);
    }

    [Theory]
    [MemberData(nameof(AsksNodes))]
    public void Next_OfAnEngineThatDiedWhileNodesAreAsked_IsSomewhereElse(EpochState state)
    {
        // Without an entry the event would be ignored, and the same step asked for again, for ever.
        var next = Assert.NotNull(EpochTransitions.Next(state, EngineDied));

        Assert.NotEqual(state, next);
    }

    [Fact]
    public void Table_FromIdle_ReachesEveryState() => Assert.Equal(AllStates, Reachable(Idle).Order());

    [Fact]
    public void Table_HasNoWayOutOfAFinalState() => Assert.DoesNotContain(EpochTransitions.Table.Keys, key => key.State.IsFinal());

    [Theory]
    [MemberData(nameof(NotFinal))]
    public void Table_FromAnyState_ReachesAnEnd(EpochState state) => Assert.Contains(Reachable(state), s => s.IsFinal());

    [Fact]
    public void Table_HoldsOnlyStatesAndEventsThatExist() => Assert.All(EpochTransitions.Table, entry =>
    {
        Assert.True(Enum.IsDefined(entry.Key.State));
        Assert.True(Enum.IsDefined(entry.Key.Event));
        Assert.True(Enum.IsDefined(entry.Value));
    });

    [Theory]
    [InlineData(Quiesce)]
    [InlineData(Freeze)]
    [InlineData(Drain)]
    [InlineData(Refreeze)]
    [InlineData(EpochState.Lock)]
    [InlineData(Dump)]
    [InlineData(Vote)]
    [InlineData(SealStopped)]
    [InlineData(CommitStopped)]
    public void Next_OfAFailureUpToTheVote_OrUpToTheCommitWithStop_UndoesEverything(EpochState state)
    {
        Assert.Equal(Abort, EpochTransitions.Next(state, Failed));
        Assert.Equal(Aborted, EpochTransitions.Next(Abort, AllDone));
    }

    [Theory]
    [InlineData(Dump)]
    [InlineData(Vote)]
    [InlineData(Resume)]
    [InlineData(SealStopped)]
    [InlineData(CommitStopped)]
    [InlineData(Abort)]
    public void Next_OfAnEngineThatDiedWhileItHeldTheJob_IsTheJobsLoss(EpochState state)
    {
        Assert.Equal(Lose, EpochTransitions.Next(state, EngineDied));
        Assert.Equal(Lost, EpochTransitions.Next(Lose, AllDone));
    }

    [Theory]
    [InlineData(Quiesce)]
    [InlineData(Freeze)]
    [InlineData(Drain)]
    [InlineData(Refreeze)]
    [InlineData(EpochState.Lock)]
    [InlineData(Seal)]
    [InlineData(Commit)]
    public void Next_OfAnEngineThatDiedWhileItHeldNothing_NeverLosesTheJob(EpochState state) =>
        Assert.Equal(Abort, EpochTransitions.Next(state, EngineDied));

    [Fact]
    public void Table_WhileTheJobRunsOn_WalksTheContinuePath() => Assert.Equal(
        [Quiesce, Freeze, Drain, EpochState.Lock, Dump, Vote, Resume, Seal, Commit, Complete],
        Walk(Begin, AllDone, AllDone, AllDone, AllDone, AllDone, Continue, AllDone, AllDone, AllDone));

    [Fact]
    public void Table_WhenTheJobIsToEnd_WalksTheStopPath() => Assert.Equal(
        [Quiesce, Freeze, Drain, EpochState.Lock, Dump, Vote, SealStopped, CommitStopped, Kill, Stopped],
        Walk(Begin, AllDone, AllDone, AllDone, AllDone, AllDone, Stop, AllDone, AllDone, AllDone));

    [Fact]
    public void Table_WithResidue_FreezesAgain() => Assert.Equal(
        [Quiesce, Freeze, Drain, Refreeze, Freeze, Drain, EpochState.Lock],
        Walk(Begin, AllDone, AllDone, Residue, AllDone, AllDone, AllDone));

    [Fact]
    public void Table_LeadsToTheKillOnlyThroughTheCommit_OrWhenTheStoreHasTheEpoch() => Assert.Equivalent(
        new[] { (CommitStopped, AllDone), (Recover, Stop) }, EpochTransitions.Table.Where(e => e.Value == Kill).Select(e => e.Key), strict: true);

    [Theory]
    [InlineData(AllDone)]
    [InlineData(Failed)]
    [InlineData(EngineDied)]
    public void Next_OfAnythingInTheKill_IsStopped_ForTheEpochIsDurable(EpochEvent happened) =>
        Assert.Equal(Stopped, EpochTransitions.Next(Kill, happened));

    [Fact]
    public void Table_NamesASuccessOnlyAfterACommit_OrWhenTheStoreHasTheEpoch() => Assert.Equivalent(
        new[] { (Commit, AllDone), (Recover, Continue) }, EpochTransitions.Table.Where(e => e.Value == Complete).Select(e => e.Key), strict: true);

    [Fact]
    public void Next_OfAnInterruptedEpoch_AsksTheStore_UnlessItsEndWasDecided() => Assert.Equal(
        Asking.Except([Kill, Abort]), AllStates.Where(state => EpochTransitions.Next(state, Interrupted) == Recover));

    [Fact]
    public void Next_OfAnEventThatMeansNothing_IsNothing()
    {
        Assert.Null(EpochTransitions.Next(Idle, Residue));
        Assert.Null(EpochTransitions.Next(Vote, AllDone));
        Assert.Null(EpochTransitions.Next(Complete, Failed));
    }

    [Fact]
    public void IsJobHeld_IsTrueFromTheFreezeUntilTheJobRunsOrIsGone() => Assert.Equal(
        [Freeze, Drain, Refreeze, EpochState.Lock, Dump, Vote, Resume, SealStopped, CommitStopped, Kill, Recover], AllStates.Where(s => s.IsJobHeld()));

    private static HashSet<EpochState> Reachable(EpochState from)
    {
        HashSet<EpochState> seen = [from];
        Queue<EpochState> left = new(seen);
        while (left.TryDequeue(out var state))
            foreach (var (_, next) in EpochTransitions.Table.Where(e => e.Key.State == state))
                if (seen.Add(next))
                    left.Enqueue(next);
        return seen;
    }

    private static IEnumerable<EpochState> Walk(params EpochEvent[] events)
    {
        var state = Idle;
        foreach (var happened in events)
            yield return state = EpochTransitions.Next(state, happened) ?? throw new InvalidOperationException($"{happened} means nothing in {state}");
    }
}

namespace HpcCr.Core.Tests.Jobs;

public sealed class LimitCeilingTests
{
    private static readonly ResourceLimit[] Caller = [new(0, 5, 5), new(7, 32, 64), new(8, 0, 0)];

    [Fact]
    public void NothingAsked_GivesTheCallersOwn() => Assert.Equal(Caller, LimitCeiling.Apply([], Caller));

    [Fact]
    public void MoreThanTheCallerHas_IsNotGiven() => Assert.Equal([new(0, 5, 5), new(7, 64, 64), new(8, 0, 0)],
        LimitCeiling.Apply([new(7, ulong.MaxValue, ulong.MaxValue), new(8, 1, 1), new(0, 6, 5)], Caller));

    [Fact]
    public void LessThanTheCallerHas_IsGiven() => Assert.Equal([new(0, 1, 2), new(7, 10, 20), new(8, 0, 0)],
        LimitCeiling.Apply([new(0, 1, 2), new(7, 10, 20)], Caller));

    [Fact]
    public void TwoWordsOnOneResource_AndAResourceThatTheKernelDoesNotKnow_RaiseNothing() => Assert.Equal([new(0, 5, 5), new(7, 1, 1), new(8, 0, 0)],
        LimitCeiling.Apply([new(7, 900, 900), new(7, 1, 1), new(99, 1, 1)], Caller));
}

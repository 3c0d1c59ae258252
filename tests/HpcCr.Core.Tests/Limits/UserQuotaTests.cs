namespace HpcCr.Core.Tests.Limits;

public sealed class UserQuotaTests
{
    [Fact]
    public void AUser_GetsNoMoreThanTheirShare_AndOthersTheirs()
    {
        var quota = new UserQuota(total: 10, perUser: 3, reserved: 2);
        var held = Enumerable.Range(0, 3).Select(_ => quota.TryTake(1000)).ToList();

        Assert.DoesNotContain(null, held);
        Assert.Null(quota.TryTake(1000));
        Assert.NotNull(quota.TryTake(1001));
        held[0]!.Dispose();
        held[0]!.Dispose();
        Assert.NotNull(quota.TryTake(1000));
        Assert.Null(quota.TryTake(1000));
    }

    [Fact]
    public void AllUsersTogether_LeaveRootItsReserve()
    {
        var quota = new UserQuota(total: 10, perUser: 3, reserved: 2);
        var users = Enumerable.Range(0, 30).Count(n => quota.TryTake((uint)(1000 + (n / 3))) is not null);

        Assert.Equal(8, users);
        Assert.NotNull(quota.TryTake(0));
        Assert.NotNull(quota.TryTake(0));
        Assert.Null(quota.TryTake(0));
        Assert.Equal(10, quota.Held);
    }

    [Fact]
    public void WhatRootHolds_TakesNothingFromUsersBeforeAllIsTaken()
    {
        var quota = new UserQuota(total: 10, perUser: 10, reserved: 4);
        for (var i = 0; i < 4; i++)
            Assert.NotNull(quota.TryTake(0));

        Assert.Equal(6, Enumerable.Range(0, 10).Count(_ => quota.TryTake(1000) is not null));
    }
}

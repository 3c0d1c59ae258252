using Grpc.Core;
using HpcCr.Protocol;

namespace HpcCr.Cli.Tests.Connection;

public sealed class FailureMappingTests
{
    [Theory]
    [InlineData(FailureKind.Failed, StatusCode.Aborted)]
    [InlineData(FailureKind.Usage, StatusCode.InvalidArgument)]
    [InlineData(FailureKind.NotFound, StatusCode.NotFound)]
    [InlineData(FailureKind.NotAllowed, StatusCode.PermissionDenied)]
    [InlineData(FailureKind.Damaged, StatusCode.DataLoss)]
    [InlineData(FailureKind.Unsupported, StatusCode.FailedPrecondition)]
    [InlineData(FailureKind.JobLost, StatusCode.Aborted)]
    [InlineData(FailureKind.Internal, StatusCode.Internal)]
    public void AFailure_ThatTravels_IsTheSameAtTheOtherEnd(FailureKind kind, StatusCode status)
    {
        var wire = new HpcCrException(kind, "what failed: ünïcode\nand lines", "what to do").ToRpcException();
        Assert.Equal(status, wire.StatusCode);
        var told = wire.ToException("the coordinator");
        Assert.Equal((kind, "what failed: ünïcode\nand lines", "what to do"), (told.Kind, told.Message, told.Next));
    }

    [Fact]
    public void ADefect_ThatTravels_IsToldAsOne()
    {
        var told = new InvalidOperationException("oops").ToRpcException().ToException("the coordinator");
        Assert.Equal(FailureKind.Internal, told.Kind);
        Assert.Contains("oops", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALongFailure_FitsIntoHeaders() =>
        Assert.True(new HpcCrException(FailureKind.Failed, new string('x', 1 << 20), new string('y', 1 << 20))
            .ToRpcException().Trailers.GetValueBytes(FailureMapping.Trailer)!.Length < 8192);

    [Fact]
    public void APeerThatIsNotThere_IsNamed()
    {
        var told = new RpcException(new Status(StatusCode.Unavailable, "connection refused")).ToException("the coordinator at unix:/x");
        Assert.Equal(FailureKind.Internal, told.Kind);
        Assert.StartsWith("the coordinator at unix:/x does not answer", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AGarbledTrailer_FallsBackToTheStatus()
    {
        var trailers = new Metadata { { FailureMapping.Trailer, [0xff, 0xff, 0xff] } };
        Assert.Equal(FailureKind.NotFound, new RpcException(new Status(StatusCode.NotFound, "no"), trailers).ToException("x").Kind);
    }
}

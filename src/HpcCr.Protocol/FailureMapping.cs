using Google.Protobuf;
using Grpc.Core;
using HpcCr.Core;

namespace HpcCr.Protocol;

/// <summary>The one mapping between failures in code and failures on the wire: a status, and a <see cref="V1.Failure"/> in a trailer.</summary>
public static class FailureMapping
{
    /// <summary>The trailer that carries the failure.</summary>
    public const string Trailer = "hpccr-failure-bin";

    // Servers bound their headers; what is told to a person is short anyway.
    private const int MostCharacters = 2000;

    /// <summary>The failure as it travels.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="engineDied">Whether an engine died while it held the job.</param>
    public static V1.Failure ToWire(this HpcCrException failure, bool engineDied = false)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return new V1.Failure { Kind = ToWire(failure.Kind), What = Cut(failure.Message), Next = Cut(failure.Next), EngineDied = engineDied };
    }

    /// <summary>The failure that travelled.</summary>
    public static HpcCrException ToException(this V1.Failure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return new HpcCrException(FromWire(failure.Kind), failure.What, failure.Next);
    }

    /// <summary>What a handler throws so that the caller gets the failure. Anything but an <see cref="HpcCrException"/> is a defect, and told as one.</summary>
    public static RpcException ToRpcException(this Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        var told = failure as HpcCrException
            ?? new HpcCrException(FailureKind.Internal, $"HpcCr has a defect: {failure.Message}", "The daemon's log has the details.", failure);
        var trailers = new Metadata { { Trailer, told.ToWire().ToByteArray() } };
        return new RpcException(new Status(StatusOf(told.Kind), Cut(told.Message), told), trailers);
    }

    /// <summary>What a failed call means.</summary>
    /// <param name="failure">How the call ended.</param>
    /// <param name="peer">Whom was called, for the text.</param>
    public static HpcCrException ToException(this RpcException failure, string peer)
    {
        ArgumentNullException.ThrowIfNull(failure);
        if (failure.Trailers.GetValueBytes(Trailer) is { } bytes && TryParse(bytes) is { } carried)
            return carried.ToException();
        var detail = failure.Status.Detail;
        return failure.StatusCode switch
        {
            StatusCode.Unavailable => new HpcCrException(FailureKind.Internal, $"{peer} does not answer: {detail}",
                "Check that it runs; `hpccr doctor` and its log tell more.", failure),
            StatusCode.DeadlineExceeded => new HpcCrException(FailureKind.Internal, $"{peer} did not answer in time", "Try again, or see its log.", failure),
            StatusCode.Unauthenticated => new HpcCrException(FailureKind.NotAllowed, $"{peer} does not accept this cluster key: {detail}",
                "Use the key file of that cluster.", failure),
            StatusCode.Cancelled => new HpcCrException(FailureKind.Failed, $"the call to {peer} was cancelled", "", failure),
            StatusCode.Unimplemented => new HpcCrException(FailureKind.Unsupported, $"{peer} does not know this request",
                "Install the same version of HpcCr everywhere.", failure),
            var code => new HpcCrException(KindOf(code), $"{peer} answered {code}: {detail}", "Its log tells more.", failure),
        };
    }

    /// <summary>The status that goes with a failure.</summary>
    public static StatusCode StatusOf(FailureKind kind) => kind switch
    {
        FailureKind.Failed => StatusCode.Aborted,
        FailureKind.Usage => StatusCode.InvalidArgument,
        FailureKind.NotFound => StatusCode.NotFound,
        FailureKind.NotAllowed => StatusCode.PermissionDenied,
        FailureKind.Damaged => StatusCode.DataLoss,
        FailureKind.Unsupported => StatusCode.FailedPrecondition,
        // Not UNAVAILABLE: callers take that for a peer that cannot be reached, and try again.
        FailureKind.JobLost => StatusCode.Aborted,
        _ => StatusCode.Internal,
    };

    private static FailureKind KindOf(StatusCode code) => code switch
    {
        StatusCode.Aborted or StatusCode.ResourceExhausted or StatusCode.AlreadyExists => FailureKind.Failed,
        StatusCode.InvalidArgument => FailureKind.Usage,
        StatusCode.NotFound => FailureKind.NotFound,
        StatusCode.PermissionDenied => FailureKind.NotAllowed,
        StatusCode.DataLoss => FailureKind.Damaged,
        StatusCode.FailedPrecondition => FailureKind.Unsupported,
        _ => FailureKind.Internal,
    };

    private static V1.FailureKind ToWire(FailureKind kind) => kind switch
    {
        FailureKind.Failed => V1.FailureKind.Failed,
        FailureKind.Usage => V1.FailureKind.Usage,
        FailureKind.NotFound => V1.FailureKind.NotFound,
        FailureKind.NotAllowed => V1.FailureKind.NotAllowed,
        FailureKind.Damaged => V1.FailureKind.Damaged,
        FailureKind.Unsupported => V1.FailureKind.Unsupported,
        FailureKind.JobLost => V1.FailureKind.JobLost,
        _ => V1.FailureKind.Internal,
    };

    private static FailureKind FromWire(V1.FailureKind kind) => kind switch
    {
        V1.FailureKind.Failed => FailureKind.Failed,
        V1.FailureKind.Usage => FailureKind.Usage,
        V1.FailureKind.NotFound => FailureKind.NotFound,
        V1.FailureKind.NotAllowed => FailureKind.NotAllowed,
        V1.FailureKind.Damaged => FailureKind.Damaged,
        V1.FailureKind.Unsupported => FailureKind.Unsupported,
        V1.FailureKind.JobLost => FailureKind.JobLost,
        _ => FailureKind.Internal,
    };

    private static V1.Failure? TryParse(byte[] bytes)
    {
        try
        {
            return V1.Failure.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static string Cut(string text) => text.Length <= MostCharacters ? text : text[..MostCharacters] + "...";
}

namespace Grpc.Core;

/// <summary>How a call ended; the numbers are the wire's.</summary>
public enum StatusCode
{
    /// <summary>It succeeded.</summary>
    OK = 0,

    /// <summary>It was cancelled, as a rule by the caller.</summary>
    Cancelled = 1,

    /// <summary>The handler failed in a way it did not describe.</summary>
    Unknown = 2,

    /// <summary>The request is wrong whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed first.</summary>
    DeadlineExceeded = 4,

    /// <summary>What was asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>What was to be made exists.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A quota or a limit, such as that of the message size, is used up.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state that this needs.</summary>
    FailedPrecondition = 9,

    /// <summary>It was given up, as a rule because of a conflict.</summary>
    Aborted = 10,

    /// <summary>The request reaches beyond the valid range.</summary>
    OutOfRange = 11,

    /// <summary>The peer has no such method, or not this feature.</summary>
    Unimplemented = 12,

    /// <summary>Something that must hold did not; a defect.</summary>
    Internal = 13,

    /// <summary>The peer cannot be reached now; another try may succeed.</summary>
    Unavailable = 14,

    /// <summary>Data are lost or damaged for good.</summary>
    DataLoss = 15,

    /// <summary>The caller did not prove who it is.</summary>
    Unauthenticated = 16,
}

namespace HpcCr.Criu;

/// <summary>Why a notification was answered with a refusal.</summary>
public enum RefusalReason
{
    /// <summary>The handler returned false.</summary>
    Handler,

    /// <summary>The handler threw.</summary>
    HandlerFailed,

    /// <summary>The dump or restore had been cancelled.</summary>
    Cancelled,
}

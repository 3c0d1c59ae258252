namespace HpcCr.Core;

/// <summary>What becomes of a connection to a program outside the job.</summary>
public enum OutsidePolicy
{
    /// <summary>After a restart the job finds it closed by its peer: unread bytes first, then the end.</summary>
    Close,

    /// <summary>No epoch is made while there is one.</summary>
    Fail,

    /// <summary>It is restored as it was, its peer having waited; a restart that would change its address is refused.</summary>
    Keep,
}

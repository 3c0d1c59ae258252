namespace HpcCr.Store;

/// <summary>The process's own identity.</summary>
public sealed class SameIdentity : IStoreAccess
{
    /// <inheritdoc/>
    public T Run<T>(Func<T> operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return operation();
    }
}

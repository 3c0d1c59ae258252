namespace HpcCr.Store;

/// <summary>Runs file operations with the identity that owns the store: the job's user, so that a root-squashed file system works.</summary>
public interface IStoreAccess
{
    /// <summary>Runs the operation; what it creates belongs to the user.</summary>
    T Run<T>(Func<T> operation);
}

using System.Runtime.ExceptionServices;

namespace HpcCr.Linux.Tests.Processes;

/// <summary>Runs work on a thread of its own that ends with it, for what changes the thread for good.</summary>
internal static class OwnThread
{
    public static T Run<T>(Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                error = ExceptionDispatchInfo.Capture(failure);
            }
        });
        thread.Start();
        thread.Join();
        error?.Throw();
        return result!;
    }
}

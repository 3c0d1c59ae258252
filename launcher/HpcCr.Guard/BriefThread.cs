using System.Runtime.ExceptionServices;

namespace HpcCr.Guard;

/// <summary>
/// A thread that changes its namespaces, starts a process in them and ends. In another pid namespace it can start processes but
/// no threads: nothing may be queued from it.
/// </summary>
internal static class BriefThread
{
    public static Task<T> RunAsync<T>(Func<T> work) => Task.Run(() =>
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    });
}

using System.Runtime.ExceptionServices;
using HpcCr.Linux;

namespace HpcCr.Guard;

/// <summary>Starts a child in new namespaces: a thread of its own takes them, the child inherits them, the thread's end gives them up.</summary>
internal static class NewNamespaces
{
    public static Task<ChildProcess> StartAsync(NamespaceKinds kinds, Func<ChildProcess> start) => Task.Run(() =>
    {
        ChildProcess? child = null;
        ExceptionDispatchInfo? failure = null;
        // In a new pid namespace this thread can start processes but no threads: nothing may be queued from it.
        var thread = new Thread(() =>
        {
            try
            {
                Namespaces.UnshareThread(kinds);
                child = start();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return child!;
    });
}

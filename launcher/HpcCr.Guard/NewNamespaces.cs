using HpcCr.Linux;

namespace HpcCr.Guard;

/// <summary>Starts a child in new namespaces: a thread of its own takes them, the child inherits them, the thread's end gives them up.</summary>
internal static class NewNamespaces
{
    public static Task<ChildProcess> StartAsync(NamespaceKinds kinds, Func<ChildProcess> start) => BriefThread.RunAsync(() =>
    {
        Namespaces.UnshareThread(kinds);
        return start();
    });
}

using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard;

/// <summary>
/// How an engine gets to work inside the namespaces of an attached tree that was restarted. Its parent must stay the guard, so
/// that the restored root becomes the guard's child: a thread of the guard's enters, and starts it.
/// </summary>
internal static class TreeEngine
{
    /// <summary>The calling thread enters; afterwards it can start processes but no threads.</summary>
    /// <param name="inside">A process that lives there.</param>
    /// <param name="prepare">What is to be done while threads can still be started.</param>
    public static void Enter(PidFd inside, Action? prepare = null)
    {
        Namespaces.EnterThread(inside, NamespaceKinds.Mount | NamespaceKinds.Uts);
        prepare?.Invoke();
        Namespaces.EnterThread(inside, NamespaceKinds.Pid);
    }

    /// <summary>The command of an engine that is to dump: it joins the tree's time namespace, which a process with threads cannot.</summary>
    public static EngineCommand ForDump(EngineCommand command, Sandbox sandbox)
    {
        if (!File.Exists($"/proc/{sandbox.RootPid}/ns/time"))
            return command;
        var joined = command.Clone();
        joined.Argv.Clear();
        joined.Argv.Add(["nsenter", $"--time=/proc/{sandbox.EngineRootPid}/ns/time", "--", .. command.Argv]);
        return joined;
    }
}

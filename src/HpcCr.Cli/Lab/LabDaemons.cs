using HpcCr.Cli.Connection;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Processes;
using HpcCr.Linux;

namespace HpcCr.Cli.Lab;

/// <summary>Starts the lab's coordinator and launchers, and finds them again.</summary>
internal static class LabDaemons
{
    private const int Port = 7733;
    private const string CoordinatorProgram = "hpccr-coordinator";
    private const string LauncherProgram = "hpccr-launcher";
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WelcomeDeadline = TimeSpan.FromSeconds(3);

    /// <summary>Starts what does not run of the coordinator and the launchers, and waits until all nodes are connected.</summary>
    /// <param name="layout">Where.</param>
    /// <param name="state">What there is; all its nodes are up.</param>
    /// <param name="started">Told the name of each daemon that had to be started.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task StartAsync(LabLayout layout, LabState state, Action<string> started, CancellationToken cancellationToken)
    {
        if (FindCoordinator(layout) is null)
        {
            await StartCoordinatorAsync(layout, state, cancellationToken);
            started("coordinator");
        }

        var fresh = new List<(LabNode Node, long LogFrom)>();
        foreach (var node in state.All().Where(node => FindLauncher(state, node) is null))
        {
            fresh.Add((node, FileTail.LengthOf(layout.LauncherLog(node))));
            await StartLauncherAsync(layout, state, node, cancellationToken);
            started($"launcher of {node.Name}");
        }

        await AwaitReadyAsync(layout, state, cancellationToken);
        // A coordinator that has not noticed yet that a node was away still counts it as connected.
        await Poll.UntilAsync(() => fresh.All(launcher => HasConnected(layout.LauncherLog(launcher.Node), launcher.LogFrom)), WelcomeDeadline, cancellationToken);
    }

    /// <summary>The lab's coordinator, or null when it does not run: known by its run folder, in the mount namespace where that is the lab's.</summary>
    public static ProcessIdentity? FindCoordinator(LabLayout layout)
    {
        var here = NamespaceOf("self", "mnt");
        return Find(pid => Runs(pid, CoordinatorProgram) && ProcFs.CommandLine(pid).Contains(layout.Control) && NamespaceOf($"{pid}", "mnt") == here);
    }

    /// <summary>A node's launcher, or null when it does not run.</summary>
    public static ProcessIdentity? FindLauncher(LabState state, LabNode node)
    {
        if (state.Init(node) is not { } init || NamespaceOf($"{init.Pid}", "net") is not { } network) return null;
        return Find(pid => Runs(pid, LauncherProgram) && NamespaceOf($"{pid}", "net") == network);
    }

    private static bool HasConnected(string log, long from)
    {
        if (!File.Exists(log)) return false;
        using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = from;
        return new StreamReader(stream).ReadToEnd().Contains("connected to the coordinator", StringComparison.Ordinal);
    }

    private static async Task StartCoordinatorAsync(LabLayout layout, LabState state, CancellationToken cancellationToken) =>
        await Tool.RunAsync("starting the lab's coordinator", Tool.Script("spawn.sh"),
        [
            layout.CoordinatorLog, state.Cgroup,
            "nsenter", "-t", $"{state.Control!.Pid}", "-n",
            Program(CoordinatorProgram), "--run-dir", layout.Control, "--state-dir", layout.CoordinatorState, "--listen", $"{LabNode.ControlAddress}:{Port}",
            "--key-file", layout.Key, "--log", layout.CoordinatorLog,
            "--fence-after", $"{state.FenceSeconds}",
            .. state.LeaseMilliseconds is { } lease ? ["--lease-ms", $"{lease}"] : Array.Empty<string>(),
        ], "", cancellationToken);

    private static async Task StartLauncherAsync(LabLayout layout, LabState state, LabNode node, CancellationToken cancellationToken) =>
        await Tool.RunAsync($"starting the launcher of {node.Name}", "nsenter",
        [
            .. Entry(state.Init(node)!, "/"),
            Tool.Script("spawn.sh"), layout.LauncherLog(node), LabCgroup.Of(state, node),
            Program(LauncherProgram), "--node", node.Name, "--coordinator", $"{LabNode.ControlAddress}:{Port}",
            "--key-file", layout.Key, "--slots", $"{state.Slots}", "--log", layout.LauncherLog(node), "--plugins", layout.Plugins,
            // More ranks than cores must do: the nodes share one machine.
            "--env", "OMPI_MCA_rmaps_base_oversubscribe=1", "OMPI_MCA_mpi_yield_when_idle=1", "OMPI_MCA_hwloc_base_binding_policy=none",
        ], "", cancellationToken);

    /// <summary>Arguments of nsenter which enter all of a node's namespaces.</summary>
    /// <param name="init">The node's first process.</param>
    /// <param name="workingDirectory">Where to be, as the node sees it.</param>
    public static string[] Entry(ProcessIdentity init, string workingDirectory) =>
        ["-t", $"{init.Pid}", "-m", "-u", "-i", "-n", "-p", $"--wdns={workingDirectory}"];

    private static string Program(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, name);
        return File.Exists(path)
            ? path
            : throw new HpcCrException(FailureKind.Unsupported, $"the program {name} is not next to hpccr in {AppContext.BaseDirectory}",
                "Put all of HpcCr into one folder; build.sh does.");
    }

    private static async Task AwaitReadyAsync(LabLayout layout, LabState state, CancellationToken cancellationToken)
    {
        var address = new UnixAddress(layout.Run.CoordinatorSocket);
        var waited = System.Diagnostics.Stopwatch.StartNew();
        var missing = state.All().Select(node => node.Name).ToHashSet();
        while (true)
        {
            missing = await MissingAsync(address, missing, cancellationToken);
            if (missing.Count == 0) return;
            var dead = FindCoordinator(layout) is null
                ? ("coordinator", layout.CoordinatorLog)
                : state.All().Where(node => FindLauncher(state, node) is null)
                    .Select(node => ($"launcher of {node.Name}", layout.LauncherLog(node))).FirstOrDefault();
            // A daemon needs a moment between its start and its name in /proc.
            if (waited.Elapsed > ReadyDeadline || (dead.Item1 is not null && waited.Elapsed > TimeSpan.FromSeconds(2)))
                throw new HpcCrException(FailureKind.Failed,
                    dead.Item1 is null
                        ? $"after {ReadyDeadline.TotalSeconds} s the coordinator still has no word from {string.Join(", ", missing)}"
                        : $"the {dead.Item1} has ended: {LastWords(dead.Item2)}",
                    $"The logs are below {layout.Root}.");
            await Task.Delay(25, cancellationToken);
        }
    }

    private static async Task<HashSet<string>> MissingAsync(UnixAddress address, HashSet<string> wanted, CancellationToken cancellationToken)
    {
        if (!address.IsAnswering()) return wanted;
        try
        {
            using var session = CoordinatorSession.Open(address);
            var reply = await session.NodesAsync(cancellationToken);
            return [.. wanted.Except(reply.Nodes.Where(node => node.State == "connected").Select(node => node.Name))];
        }
        catch (HpcCrException)
        {
            return wanted;
        }
    }

    private static string LastWords(string log)
    {
        try
        {
            return JobName.Printable(File.ReadLines(log).LastOrDefault() ?? "it said nothing");
        }
        catch (IOException)
        {
            return "it left no log";
        }
    }

    private static ProcessIdentity? Find(Func<int, bool> isMeant) => Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), out var pid) ? pid : 0)
        .Where(pid => pid > 0 && isMeant(pid))
        .Select(ProcessIdentity.Of).FirstOrDefault(process => process is { IsAlive: true });

    private static bool Runs(int pid, string program) => ProcFs.CommandLine(pid) is [var path, ..] && Path.GetFileName(path) == program;

    private static string? NamespaceOf(string pid, string kind)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/ns/{kind}").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

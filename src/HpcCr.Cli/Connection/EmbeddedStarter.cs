using HpcCr.Cli.Processes;

namespace HpcCr.Cli.Connection;

/// <summary>Starts the coordinator and launcher of this node in a process of their own, which outlives the command.</summary>
internal static class EmbeddedStarter
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    /// <summary>Starts it and waits until it can take jobs.</summary>
    /// <exception cref="HpcCrException">The caller is not root (not allowed), or it does not start (internal).</exception>
    public static async Task<CoordinatorSession> StartAsync(CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
            throw new HpcCrException(FailureKind.NotAllowed, "no coordinator runs on this node, and only root can start one",
                $"Name a running one with --coordinator or {CoordinatorAddress.Variable}, or ask root to start hpccr-coordinator and hpccr-launcher here.");
        var run = RunLayout.Current;
        Directory.CreateDirectory(run.Root);
        var log = Path.Combine(run.Root, "embedded.log");
        var said = File.Exists(log) ? new FileInfo(log).Length : 0;
        await Tool.RunAsync("starting the coordinator of this node", Tool.Script("spawn.sh"),
            [log, "", Path.Combine(AppContext.BaseDirectory, "hpccr"), "embedded"], "", cancellationToken);
        var address = new UnixAddress(run.CoordinatorSocket);
        await Poll.UntilAsync(() => address.IsAnswering() || Complaint(log, said) is not null, Deadline, cancellationToken);
        if (address.IsAnswering() && await HasNodeAsync(address, cancellationToken))
            return CoordinatorSession.Open(address);
        throw new HpcCrException(FailureKind.Internal,
            $"the coordinator of this node did not start: {Complaint(log, said) ?? $"no answer within {Deadline.TotalSeconds} s"}", $"See {log}.");
    }

    // What it said on its way out, after what earlier ones had said.
    private static string? Complaint(string log, long from)
    {
        using var stream = new FileStream(log, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = from;
        return new StreamReader(stream).ReadToEnd().Split('\n').FirstOrDefault(line => line.StartsWith("hpccr: ", StringComparison.Ordinal)) is { } line
            ? JobName.Printable(line["hpccr: ".Length..])
            : null;
    }

    private static async Task<bool> HasNodeAsync(UnixAddress address, CancellationToken cancellationToken)
    {
        using var session = CoordinatorSession.Open(address);
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (waited.Elapsed < Deadline)
        {
            if ((await session.NodesAsync(cancellationToken)).Nodes.Any(node => node.State == "connected")) return true;
            await Task.Delay(20, cancellationToken);
        }

        return false;
    }
}

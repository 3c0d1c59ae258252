using System.Globalization;
using System.Net.Sockets;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Processes;
using HpcCr.Guard.Protocol;
using HpcCr.Launcher;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Cli.Slurm;

/// <summary>What Slurm's Prolog and Epilog have done on a node, as root.</summary>
/// <param name="run">The node's run folder.</param>
/// <param name="coordinator">Where a launcher that has to be started connects to.</param>
internal sealed class NodeHooks(RunLayout run, string coordinator)
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan EndDeadline = TimeSpan.FromSeconds(40);

    /// <summary>Admits a Slurm job's user, with what the launcher needs for it.</summary>
    public async Task AdmitAsync(CancellationToken cancellationToken)
    {
        var job = Number("SLURM_JOB_ID");
        var uid = Number("SLURM_JOB_UID");
        AdmissionFile.Write(run, job, uid);
        await EnsureLauncherAsync(cancellationToken);
    }

    /// <summary>Takes the admission back and sees to it that nothing of the Slurm job is left here.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        var job = Number("SLURM_JOB_ID");
        if (!Directory.Exists(run.Slurm)) return;
        AdmissionFile.Delete(run, job);
        // A launcher that starts ends what is no longer admitted, and what has lost its guard.
        if (await EnsureLauncherAsync(cancellationToken)) return;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(EndDeadline);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(run.LauncherSocket), patience.Token);
        await using var channel = new MessageChannel(new NetworkStream(socket));
        await channel.SendAsync(new AgentRequest { EndedSlurmJob = job }, patience.Token);
        var reply = await channel.ReceiveAsync(AgentReply.Parser, patience.Token);
        if (reply is not { Error: "" })
            throw new HpcCrException(FailureKind.Failed, $"the launcher of this node did not end Slurm job {job}: {reply?.Error ?? "it closed the connection"}", "See its log.");
    }

    // Says whether it had to be started.
    private async Task<bool> EnsureLauncherAsync(CancellationToken cancellationToken)
    {
        var socket = new UnixAddress(run.LauncherSocket);
        if (socket.IsAnswering()) return false;
        var log = Path.Combine(run.Root, "launcher.log");
        await Tool.RunAsync("starting the launcher of this node", Tool.Script("spawn.sh"),
        [
            log, "", Path.Combine(AppContext.BaseDirectory, "hpccr-launcher"), "--slurm", "--node", Environment.GetEnvironmentVariable("SLURMD_NODENAME") ?? Environment.MachineName,
            "--coordinator", coordinator, "--key-file", CoordinatorAddress.LocalKeyFile, "--run-dir", run.Root,
        ], "", cancellationToken);
        return await Poll.UntilAsync(socket.IsAnswering, StartDeadline, cancellationToken)
            ? true
            : throw new HpcCrException(FailureKind.Failed, $"the launcher of this node did not start within {StartDeadline.TotalSeconds:0} s", $"See {log}.");
    }

    private static uint Number(string variable) =>
        uint.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new HpcCrException(FailureKind.Usage, $"{variable} is not set", "Slurm sets it for its Prolog and Epilog, which call this.");
}

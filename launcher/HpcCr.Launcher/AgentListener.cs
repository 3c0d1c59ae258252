using System.Net.Sockets;
using HpcCr.Guard.Protocol;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;
using Microsoft.Extensions.Logging;

namespace HpcCr.Launcher;

/// <summary>Where remote-start agents of this node's sandboxes come to. Who calls is known from the caller's cgroup, not from what it says.</summary>
/// <param name="path">The socket.</param>
/// <param name="jobs">The sandboxes here.</param>
/// <param name="start">Starts a command in the job's sandbox on a node; null when it started, else why not.</param>
/// <param name="log">The launcher's log.</param>
internal sealed class AgentListener(string path, LocalJobs jobs, Func<LocalJob, string, IReadOnlyList<string>, CancellationToken, Task<string?>> start, ILogger log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        File.Delete(path);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, (UnixFileMode)0x1b6);
        listener.Listen(128);
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptAsync(cancellationToken), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            File.Delete(path);
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var caller = UnixPeer.Credentials(socket);
            await using var channel = new MessageChannel(new NetworkStream(socket, ownsSocket: true));
            if (await channel.ReceiveAsync(AgentRequest.Parser, patience.Token) is not { } request)
                return;
            var error = request.EndedSlurmJob != 0 ? await EndSlurmJobAsync(request.EndedSlurmJob, caller.Uid)
                : jobs.OfProcess(caller.Pid) is { } job ? await start(job, request.Node, request.Command, patience.Token)
                : "the caller is in no job's sandbox on this node";
            await channel.SendAsync(new AgentReply { Error = error ?? "" }, patience.Token);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or OperationCanceledException or SocketException)
        {
            log.LogWarning("a remote-start agent was not served: {Why}", e.Message);
        }
    }

    private async Task<string?> EndSlurmJobAsync(uint slurmJob, uint caller)
    {
        if (caller != 0)
            return "only root may end what is left of a Slurm job";
        await jobs.EndSlurmJobAsync(slurmJob);
        return null;
    }
}

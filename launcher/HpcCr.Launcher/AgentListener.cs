using System.Net.Sockets;
using HpcCr.Core;
using HpcCr.Guard.Protocol;
using HpcCr.Hosting;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;
using Microsoft.Extensions.Logging;

namespace HpcCr.Launcher;

/// <summary>
/// Where remote-start agents of this node's sandboxes come to. Who calls is known from the caller's process, not from what it says
/// (<see cref="AgentCaller"/>).
/// </summary>
/// <param name="path">The socket.</param>
/// <param name="jobs">The sandboxes here.</param>
/// <param name="start">Starts a command in the job's sandbox on a node; null when it started, else why not.</param>
/// <param name="log">The launcher's log.</param>
internal sealed class AgentListener(string path, LocalJobs jobs, Func<LocalJob, string, IReadOnlyList<string>, CancellationToken, Task<string?>> start, ILogger log)
{
    // mpirun starts all its daemons at once: a user's share is the nodes of a large job.
    private const int MostConnections = 2048;
    private const int MostOfOneUser = 768;
    private const int ReservedForRoot = 64;
    private const int MostRequestBytes = 2 << 20;
    private static readonly TimeSpan RequestDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly UserQuota _quota = new(MostConnections, MostOfOneUser, ReservedForRoot);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        File.Delete(path);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, (UnixFileMode)0x1b6);
        listener.Listen(128);
        try
        {
            await AcceptLoop.RunAsync(listener, Admit, log, cancellationToken);
        }
        finally
        {
            File.Delete(path);
        }

        void Admit(Socket socket)
        {
            if (_quota.TryTake(UnixPeer.Credentials(socket).Uid) is not { } share)
                _ = BusyAsync(socket, cancellationToken).Watched(log, "a remote-start agent was not turned away");
            else
                _ = ServeAsync(socket, share, cancellationToken).Watched(log, "a remote-start agent was not served");
        }
    }

    private async Task ServeAsync(Socket socket, IDisposable share, CancellationToken cancellationToken)
    {
        using var _ = share;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(RequestDeadline);
        try
        {
            await using var channel = new MessageChannel(new NetworkStream(socket, ownsSocket: true), MostRequestBytes);
            var caller = AgentCaller.Of(socket, jobs);
            if (await channel.ReceiveAsync(AgentRequest.Parser, patience.Token) is not { } request)
                return;
            patience.CancelAfter(Patience);
            await channel.SendAsync(new AgentReply { Error = await AnswerAsync(caller, request, patience.Token) ?? "" }, patience.Token);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or OperationCanceledException or SocketException)
        {
            log.LogWarning("a remote-start agent was not served: {Why}", e.Message);
        }
    }

    private async Task<string?> AnswerAsync(AgentCaller caller, AgentRequest request, CancellationToken cancellationToken)
    {
        if (caller.Refusal is { } refusal)
        {
            log.LogWarning("a remote-start agent was refused: {Why}", refusal);
            return refusal;
        }

        if (request.EndedSlurmJob == 0)
            return caller.Job is { } job ? await start(job, request.Node, request.Command, cancellationToken) : "the caller is in no job's sandbox on this node";
        if (!caller.IsRoot)
            return "only root may end what is left of a Slurm job";
        await jobs.EndSlurmJobAsync(request.EndedSlurmJob);
        return null;
    }

    // The agent tries again.
    private static async Task BusyAsync(Socket socket, CancellationToken cancellationToken)
    {
        await using var channel = new MessageChannel(new NetworkStream(socket, ownsSocket: true));
        await channel.SendAsync(new AgentReply { Busy = true, Error = "the launcher serves too many callers of this user" }, cancellationToken);
    }
}

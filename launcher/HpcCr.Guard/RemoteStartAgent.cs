using System.Net.Sockets;
using HpcCr.Core;
using HpcCr.Guard.Protocol;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard;

/// <summary>
/// Stands in for ssh: asks the launcher of this node to start a command in the job's sandbox on another node, and leaves at
/// once, so that nothing of ours stays in the job.
/// </summary>
internal static class RemoteStartAgent
{
    // Options of ssh that take a value; all others stand alone (Hydra calls: AGENT -x HOST CMD...).
    private const string OptionsWithValue = "BbcDEeFIiJLlmOoPpQRSWw";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(100);

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (Parse(arguments) is not { } asked)
        {
            Console.Error.WriteLine("hpccr-agent: usage: hpccr-agent [SSH-OPTIONS] HOST COMMAND...; mpirun and mpiexec call it, not people");
            return 2;
        }

        try
        {
            using var patience = new CancellationTokenSource(Patience);
            var request = new AgentRequest { Node = asked.Host, Command = { asked.Command } };
            var reply = await AskAsync(request, patience.Token);
            while (reply is { Busy: true })
            {
                await Task.Delay(BusyPause, patience.Token);
                reply = await AskAsync(request, patience.Token);
            }

            if (reply is { Error: "" })
                return 0;
            Console.Error.WriteLine($"hpccr-agent: {reply?.Error ?? "the launcher closed the connection; see its log"}");
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or InvalidDataException)
        {
            Console.Error.WriteLine($"hpccr-agent: cannot reach this node's launcher: {e.Message}");
        }

        return 255;
    }

    private static async Task<AgentReply?> AskAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(RunLayout.Current.LauncherSocket), cancellationToken);
        await using var channel = new MessageChannel(new NetworkStream(socket));
        try
        {
            await channel.SendAsync(request, cancellationToken);
        }
        catch (IOException)
        {
            // A launcher that turns callers away does so without reading: its answer is there.
        }

        return await channel.ReceiveAsync(AgentReply.Parser, cancellationToken);
    }

    /// <summary>Reads an ssh command line: options before the host, then the command.</summary>
    /// <returns>The host without a user, and the command; null when either is missing.</returns>
    internal static (string Host, string[] Command)? Parse(string[] arguments)
    {
        var at = 0;
        while (at < arguments.Length && arguments[at] is ['-', _, ..] option)
        {
            at++;
            if (option == "--")
                break;
            at += TakesNext(option) ? 1 : 0;
        }

        if (at >= arguments.Length - 1)
            return null;
        var host = arguments[at][(arguments[at].LastIndexOf('@') + 1)..];
        return host.Length == 0 ? null : (host, arguments[(at + 1)..]);
    }

    // Options without a value may be bundled (-xq); the first that takes one takes what is left of the word, or the next word.
    private static bool TakesNext(string option) =>
        option.Skip(1).TakeWhile(letter => !OptionsWithValue.Contains(letter)).Count() == option.Length - 2;
}

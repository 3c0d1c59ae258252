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
    // Options of ssh that take a value; all others that begin with '-' stand alone (Hydra calls: AGENT -x HOST CMD...).
    private const string OptionsWithValue = "bcDEeFIiJLlmOopQRSWw";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var at = FirstWord(arguments);
        if (at >= arguments.Length - 1)
        {
            Console.Error.WriteLine("hpccr-agent: usage: hpccr-agent [SSH-OPTIONS] HOST COMMAND...; mpirun and mpiexec call it, not people");
            return 2;
        }

        var host = arguments[at][(arguments[at].IndexOf('@') + 1)..];
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(RunLayout.Current.LauncherSocket), patience.Token);
            await using var channel = new MessageChannel(new NetworkStream(socket));
            await channel.SendAsync(new AgentRequest { Node = host, Command = { arguments[(at + 1)..] } }, patience.Token);
            var reply = await channel.ReceiveAsync(AgentReply.Parser, patience.Token);
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

    private static int FirstWord(string[] arguments)
    {
        var at = 0;
        while (at < arguments.Length && arguments[at].StartsWith('-'))
        {
            var takesNext = arguments[at].Length == 2 && OptionsWithValue.Contains(arguments[at][1]);
            at += takesNext ? 2 : 1;
        }

        return at;
    }
}

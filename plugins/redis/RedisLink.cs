using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using HpcCr.Plugins.Shared;

namespace HpcCr.Plugins.Redis;

/// <summary>A connection that speaks Redis's protocol, one command at a time. It never reads further than its answer.</summary>
/// <param name="socket">The connection.</param>
/// <param name="where">The server, for sentences.</param>
internal sealed class RedisLink(Socket socket, IPEndPoint where)
{
    private const int MostBytes = 64 << 20;

    /// <summary>The connection.</summary>
    public Socket Socket => socket;

    /// <summary>Connects and logs in.</summary>
    /// <param name="to">The server.</param>
    /// <param name="server">How one logs in there.</param>
    /// <param name="user">As whom.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PluginVetoException">It takes no connection, or not that user.</exception>
    public static async Task<RedisLink> OpenAsync(IPEndPoint to, RedisServer server, string user, CancellationToken cancellationToken)
    {
        var link = new RedisLink(await Dialer.ConnectAsync(to, "Start Redis there, or name another in \"to\", and try again.", cancellationToken), to);
        if (server.PasswordFiles.TryGetValue(user, out var file))
            await link.AskAsync(["AUTH", user, Password(file)], cancellationToken, told: "AUTH");
        else if (user != "default")
            throw new PluginVetoException($"the job is user {user} at {to}, and no password of theirs is known", "Name a file with it in \"passwordFiles\" of the configuration of redis.");
        return link;
    }

    /// <summary>Sends a command and reads the answer.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">Gives up: the connection is closed then.</param>
    /// <param name="told">What is said of it in sentences; null: all of it.</param>
    /// <returns>The answer where it is text or a number; empty for anything else.</returns>
    /// <exception cref="PluginVetoException">The server answers with an error, or not at all.</exception>
    public async Task<string> AskAsync(IReadOnlyList<string> command, CancellationToken cancellationToken, string? told = null)
    {
        told ??= string.Join(' ', command);
        try
        {
            await using var giveUp = cancellationToken.Register(socket.Dispose);
            return await Task.Run(() =>
            {
                socket.Send(Encoding.UTF8.GetBytes($"*{command.Count}\r\n" + string.Concat(command.Select(word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"))));
                return Read();
            }, CancellationToken.None);
        }
        catch (RedisError e)
        {
            throw new PluginVetoException($"Redis at {where} answers {told} with: {e.Message}", "See to its configuration, users and memory, and try again.");
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            throw new PluginVetoException($"Redis at {where} does not answer {told}: {(e is ObjectDisposedException ? "no answer in time" : e.Message)}", "See whether it runs, and try again.");
        }
    }

    // RESP 2 and 3: whatever it is, all of it is read.
    private string Read()
    {
        var line = Line();
        if (line.Length == 0)
            throw new IOException("an empty line");
        switch (line[0])
        {
            case '+' or ':' or ',' or '#' or '(' or '_':
                return line[1..];
            case '-':
                throw new RedisError(line[1..]);
            case '$' or '=' or '!':
                var length = Number(line);
                return length < 0 ? "" : Encoding.UTF8.GetString(Bytes(length + 2)[..^2]);
            case '*' or '%' or '~' or '>' or '|':
                for (var left = Number(line) * (line[0] is '%' or '|' ? 2 : 1); left > 0; left--)
                    Read();
                return "";
            default:
                throw new IOException($"'{line[0]}' begins no answer of Redis");
        }
    }

    private static int Number(string line) => int.TryParse(line.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number <= MostBytes
        ? number
        : throw new IOException("a length that is none");

    private string Line()
    {
        var line = new StringBuilder();
        while (Bytes(1)[0] is var letter and not (byte)'\n')
        {
            if (line.Length > MostBytes)
                throw new IOException("an endless line");
            line.Append((char)letter);
        }

        return line.ToString().TrimEnd('\r');
    }

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var have = 0; have < count;)
            have += socket.Receive(bytes, have, count - have, SocketFlags.None) is var more and > 0 ? more : throw new IOException("it has closed the connection");
        return bytes;
    }

    private static string Password(string file)
    {
        try
        {
            return File.ReadAllText(file).TrimEnd('\n', '\r');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PluginVetoException($"the password file {file} cannot be read: {e.Message}", "The job's user must be able to read it on every node.");
        }
    }
}

using System.Globalization;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Rpc;

/// <summary>The resource limits (prlimit(2)) of the process at the other end of a unix socket, as they were when it connected.</summary>
/// <param name="Entries">The resource's number, its soft and its hard limit; <see cref="ulong.MaxValue"/>: unlimited.</param>
public sealed record PeerLimits(IReadOnlyList<(int Resource, ulong Soft, ulong Hard)> Entries)
{
    private const int SolSocket = 1;
    private const int SoPeerPidFd = 77;
    private const int ProtocolNotAvailable = 92;
    private const int NameWidth = 26;
    private const int ValueWidth = 21;

    /// <summary>Reads them.</summary>
    /// <param name="socket">A connected unix socket.</param>
    /// <param name="peer">Who connected.</param>
    /// <returns>Null when the process has ended, has become another user's, or cannot be seen from here.</returns>
    public static PeerLimits? Of(Socket socket, PeerCredentials peer)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(peer);
        if (peer.ProcessId <= 0)
            return null;
        try
        {
            using var process = Hold(socket);
            var limits = Parse(File.ReadAllLines($"/proc/{peer.ProcessId}/limits"));
            // Both after the limits: they were those of the caller, and not of a set-user-ID program that it has become.
            var isTheUsers = UsersOf(peer.ProcessId).All(uid => peer.UserId == 0 || uid == peer.UserId);
            return isTheUsers && (process is null || HasItsNumber(process, peer.ProcessId)) ? limits : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The limits as /proc/PID/limits has them (proc(5)): a heading, then a line for each resource in the order of their numbers.</summary>
    /// <exception cref="FormatException">They are not.</exception>
    internal static PeerLimits Parse(IReadOnlyList<string> lines) =>
        new([.. lines.Skip(1).Select((line, resource) => (resource, Value(line, NameWidth), Value(line, NameWidth + ValueWidth)))]);

    // Kernels before 6.5 do not tell; there the user is what is checked.
    private static SafeFileHandle? Hold(Socket socket)
    {
        Span<byte> descriptor = stackalloc byte[sizeof(int)];
        try
        {
            socket.GetRawSocketOption(SolSocket, SoPeerPidFd, descriptor);
            return new SafeFileHandle(BitConverter.ToInt32(descriptor), ownsHandle: true);
        }
        catch (SocketException e) when (e.NativeErrorCode == ProtocolNotAvailable)
        {
            return null;
        }
    }

    private static bool HasItsNumber(SafeFileHandle process, int pid) =>
        File.ReadLines($"/proc/self/fdinfo/{process.DangerousGetHandle()}").Any(line =>
            line.StartsWith("Pid:", StringComparison.Ordinal) && int.TryParse(line.AsSpan(4), CultureInfo.InvariantCulture, out var number) && number == pid);

    private static IEnumerable<uint> UsersOf(int pid) =>
        File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal))[4..]
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(uid => uint.Parse(uid, CultureInfo.InvariantCulture));

    private static ulong Value(string line, int from)
    {
        if (line.Length < from + ValueWidth - 1)
            throw new FormatException($"'{line}' is no limit");
        var text = line.AsSpan(from, ValueWidth - 1).Trim();
        return text is "unlimited" ? ulong.MaxValue : ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
    }
}

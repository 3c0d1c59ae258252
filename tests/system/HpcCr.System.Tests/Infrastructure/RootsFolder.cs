using System.Net.Sockets;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>
/// A folder of root's with sockets of root's in it, which an ordinary user may look into and not change. What is made, renamed or removed there, even for a
/// moment, changes its time.
/// </summary>
internal sealed class RootsFolder : IDisposable
{
    private readonly Lab _lab;
    private readonly List<Socket> _sockets = [];
    private readonly string _before;

    /// <summary>Makes it.</summary>
    /// <param name="lab">Below the lab's folder.</param>
    /// <param name="names">The names of the sockets.</param>
    public RootsFolder(Lab lab, params IEnumerable<string> names)
    {
        _lab = lab;
        Path = lab.NewFolder("roots");
        foreach (var name in names)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Bind(new UnixDomainSocketEndPoint(System.IO.Path.Combine(Path, name)));
            _sockets.Add(socket);
        }

        _before = LookAsync().GetAwaiter().GetResult();
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Fails unless all is as it was, and was so all the time.</summary>
    public async Task AssertUntouchedAsync() => Assert.Equal(_before, await LookAsync());

    /// <inheritdoc/>
    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    private async Task<string> LookAsync() =>
        (await _lab.Hpccr.RunProgramAsync(CommandOptions.Default, ["find", Path, "-printf", "%y %U %G %m %i %s %n %T@ %C@ %P\n"])).EndsWith(0).Stdout;
}

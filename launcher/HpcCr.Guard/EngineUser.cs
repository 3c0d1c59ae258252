using System.IO.Pipes;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard;

/// <summary>
/// An engine that works on paths as the job's user: a library in it takes the place of the calls that make, change and remove names
/// (launcher/engine-user, docs/adr/0019). The engine is not used before the library has said that it is in force.
/// </summary>
internal sealed class EngineUser : IDisposable
{
    private const int Descriptor = 4;
    private const string Library = "libhpccr-engine.so";
    private const string Preload = "LD_PRELOAD";
    private const string Identity = "HPCCR_ENGINE_USER";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.In);
    private readonly EngineCommand _command;
    private readonly string _library = Path.Combine(AppContext.BaseDirectory, Library);

    /// <summary>Prepares the start of an engine.</summary>
    /// <param name="command">The engine, with its user.</param>
    /// <exception cref="GuardException">The library is not there.</exception>
    public EngineUser(EngineCommand command)
    {
        _command = command;
        if (!File.Exists(_library))
        {
            throw new GuardException($"{_library} is not there, and without it the engine would work on a user's paths as root",
                "Install HpcCr anew.");
        }
    }

    /// <summary>The same start, with the library.</summary>
    public SpawnOptions Add(SpawnOptions options) => options with
    {
        Environment =
        [
            .. (options.Environment ?? ProcessEnvironment.Ours())
                .Where(entry => !entry.StartsWith(Preload + "=", StringComparison.Ordinal)),
            $"{Preload}={_library}",
            $"{Identity}={string.Join(' ', Numbers)}",
        ],
        Descriptors = new Dictionary<int, int>(options.Descriptors) { [Descriptor] = (int)_pipe.ClientSafePipeHandle.DangerousGetHandle() },
    };

    /// <summary>Waits until the library is in force in an engine that was started.</summary>
    /// <exception cref="GuardException">It is not; the engine must be ended.</exception>
    public async Task WaitAsync()
    {
        _pipe.DisposeLocalCopyOfClientHandle();
        // An engine without the library keeps the pipe open and says nothing; the reading then ends with it.
        var reading = _pipe.ReadAsync(new byte[1]).AsTask();
        if (await Task.WhenAny(reading, Task.Delay(Deadline)) == reading && await reading == 1)
            return;
        throw new GuardException($"the engine {_command.Argv[^1]} does not work on paths as user {_command.PathsAs.Uid}; nothing was done",
            $"Its program must be called criu and be linked dynamically, so that it loads {_library}.");
    }

    /// <inheritdoc/>
    public void Dispose() => _pipe.Dispose();

    private IEnumerable<long> Numbers =>
    [
        _command.PathsAs.Uid, _command.PathsAs.Gid, Real(_command.RealUid), Real(_command.RealGid), Descriptor,
        _command.FilesAs is null ? 0 : 1, .. _command.PathsAs.Groups.Select(group => (long)group),
    ];

    // -1: as it is.
    private static long Real(uint id) => id == 0 ? -1 : id;
}

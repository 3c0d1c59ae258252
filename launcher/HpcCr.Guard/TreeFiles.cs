using HpcCr.Criu;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Guard;

/// <summary>The files and the terminal that take the place of what a tree had from outside.</summary>
/// <param name="request">Which.</param>
internal sealed class TreeFiles(RestoreTree request) : IDisposable
{
    private const int FirstDescriptor = 10;
    private const OpenFor Output = OpenFor.WriteOnly | OpenFor.Append | OpenFor.Create | OpenFor.NoControllingTerminal;
    private const UnixFileMode OutputMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly List<SafeFileHandle> _open = [];
    private PseudoTerminal? _terminal;
    private SafeFileHandle? _terminalOutput;

    /// <summary>The descriptors of the engine, each with the one of ours that it gets.</summary>
    public IReadOnlyDictionary<int, int> Descriptors =>
        _open.Select((file, at) => (At: FirstDescriptor + at, Fd: (int)file.DangerousGetHandle())).ToDictionary(pair => pair.At, pair => pair.Fd);

    /// <summary>What the engine is told of them.</summary>
    public IReadOnlyList<InheritFd> Inherited => [.. request.Replaced.Select((file, at) => new InheritFd(FirstDescriptor + at, file.Key))];

    /// <summary>Opens all, as the job's user, in the mount namespace of the calling thread: the engine must find there what it dumps later.</summary>
    public void Open()
    {
        if (request.Replaced.Any(file => file.Path.Length == 0))
            OpenTerminal();
        foreach (var file in request.Replaced)
            _open.Add(file.Path.Length == 0 ? _terminal!.OpenSlave() : AsUser(() => Linux.Descriptors.Open(file.Path, file.ForWriting ? Output : OpenFor.ReadOnly, OutputMode)));
    }

    /// <summary>The terminal begins to be read; null when there is none.</summary>
    public TerminalPump? StartPump() => _terminal is null ? null : new TerminalPump(_terminal, _terminalOutput!);

    /// <summary>Closes what the engine has got.</summary>
    public void Dispose() => _open.ForEach(file => file.Dispose());

    private void OpenTerminal()
    {
        _terminal = PseudoTerminal.Open();
        FileOwner.Set(_terminal.SlavePath, request.Uid, request.Gid);
        _terminalOutput = AsUser(() => Linux.Descriptors.Open(request.TerminalOutput, Output, OutputMode));
    }

    private T AsUser<T>(Func<T> work) => request.Uid == 0 ? work() : UserThread.Run(request.Uid, request.Gid, [.. request.Groups], work);
}

using System.Diagnostics;

namespace HpcCr.Linux;

/// <summary>The freezer controller of cgroup v1: freezer.state. It has no events, so its state is asked for every millisecond while it changes.</summary>
public sealed class CgroupV1Freezer : ICgroupFreezer
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);
    private readonly string _path;
    private readonly ControlFile _state;

    /// <summary>Opens what freezing needs.</summary>
    /// <param name="path">The cgroup's folder in the freezer hierarchy.</param>
    /// <exception cref="LinuxException">It is not a freezer cgroup below the root, or may not be written.</exception>
    public CgroupV1Freezer(string path)
    {
        _path = Path.TrimEndingDirectorySeparator(path);
        _state = ControlFile.ForWriting(Path.Combine(_path, "freezer.state"));
    }

    /// <inheritdoc/>
    public bool IsFrozen => ProcFs.Read(Path.Combine(_path, "freezer.state")) is { } text && text.StartsWith("FROZEN", StringComparison.Ordinal);

    /// <inheritdoc/>
    public async Task FreezeAsync(TimeSpan deadline, CancellationToken cancellationToken = default)
    {
        RequestFreeze();
        long start = Stopwatch.GetTimestamp();
        while (!IsFrozen)
        {
            if (Stopwatch.GetElapsedTime(start) >= deadline)
                throw new TimeoutException($"The cgroup {_path} was not frozen after {deadline.TotalSeconds:0.###} s: a task does not stop.");
            await Task.Delay(Step, cancellationToken).ConfigureAwait(false);

            // A FREEZING cgroup takes in what was forked meanwhile only when it is asked again.
            RequestFreeze();
        }
    }

    /// <inheritdoc/>
    public void RequestFreeze() => _state.Write("FROZEN"u8);

    /// <inheritdoc/>
    public void Thaw()
    {
        try
        {
            _state.Write("THAWED"u8);
        }
        catch (LinuxException error) when (error.Errno == Errno.ENODEV)
        {
            // The cgroup is gone, and nothing in it waits.
        }
    }

    /// <inheritdoc/>
    public string? FrozenAncestor()
    {
        for (string? above = Path.GetDirectoryName(_path); above is not null; above = Path.GetDirectoryName(above))
        {
            // The root of the hierarchy has no such file.
            if (ProcFs.Read(Path.Combine(above, "freezer.self_freezing")) is not { } text)
                return null;
            if (text.StartsWith('1'))
                return above;
        }

        return null;
    }

    /// <summary>Closes the file; the cgroup stays as it is.</summary>
    public void Dispose() => _state.Dispose();
}

namespace HpcCr.Linux;

/// <summary>The freezer of a v2 cgroup: cgroup.freeze, reported by cgroup.events.</summary>
public sealed class CgroupV2Freezer : ICgroupFreezer
{
    private readonly string _path;
    private readonly ControlFile _freeze;
    private readonly ControlFile _events;

    /// <summary>Opens what freezing needs, so that nothing has to be opened when it matters.</summary>
    /// <param name="path">The cgroup's folder.</param>
    /// <exception cref="LinuxException">It is not a v2 cgroup below the root, or may not be written.</exception>
    public CgroupV2Freezer(string path)
    {
        _path = Path.TrimEndingDirectorySeparator(path);
        _freeze = ControlFile.ForWriting(Path.Combine(_path, "cgroup.freeze"));
        _events = ControlFile.ForReading(Path.Combine(_path, "cgroup.events"));
    }

    /// <inheritdoc/>
    public bool IsFrozen
    {
        get
        {
            try
            {
                return CgroupEvents.IsSet(_events.Read(), "frozen");
            }
            catch (LinuxException error) when (error.Errno == Errno.ENODEV)
            {
                return false;
            }
        }
    }

    /// <inheritdoc/>
    public async Task FreezeAsync(TimeSpan deadline, CancellationToken cancellationToken = default)
    {
        RequestFreeze();
        if (IsFrozen)
            return;
        if (!await CgroupEvents.WaitAsync(_path, "frozen", true, deadline, cancellationToken).ConfigureAwait(false))
            throw new TimeoutException($"The cgroup {_path} was not frozen after {deadline.TotalSeconds:0.###} s: a task does not stop.");
    }

    /// <inheritdoc/>
    public void RequestFreeze() => _freeze.Write("1"u8);

    /// <inheritdoc/>
    public void Thaw()
    {
        try
        {
            _freeze.Write("0"u8);
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
            if (ProcFs.Read(Path.Combine(above, "cgroup.freeze")) is not { } text)
                return null;
            if (text.StartsWith('1'))
                return above;
        }

        return null;
    }

    /// <summary>Closes the files; the cgroup stays as it is.</summary>
    public void Dispose()
    {
        _freeze.Dispose();
        _events.Dispose();
    }
}

namespace HpcCr.Coordinator;

/// <summary>One gate for each folder: what a user's file system keeps waiting keeps nobody waiting who uses another folder.</summary>
internal sealed class FolderGates
{
    private readonly Dictionary<string, (SemaphoreSlim Gate, int Users)> _gates = [];

    /// <summary>How many folders have a gate now.</summary>
    public int Count
    {
        get
        {
            lock (_gates)
                return _gates.Count;
        }
    }

    /// <summary>Passes the gate of a folder, which is left by disposing of what is returned.</summary>
    /// <param name="folder">The folder; written in another way it is another one.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IDisposable> EnterAsync(string folder, CancellationToken cancellationToken)
    {
        var key = Path.TrimEndingDirectorySeparator(folder);
        SemaphoreSlim gate;
        lock (_gates)
        {
            gate = _gates.TryGetValue(key, out var known) ? known.Gate : new SemaphoreSlim(1, 1);
            _gates[key] = (gate, known.Users + 1);
        }

        try
        {
            await gate.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(key);
            throw;
        }

        return new Passage(() =>
        {
            gate.Release();
            Leave(key);
        });
    }

    private void Leave(string key)
    {
        lock (_gates)
        {
            var (gate, users) = _gates[key];
            if (users > 1)
                _gates[key] = (gate, users - 1);
            else
                _gates.Remove(key);
        }
    }

    private sealed class Passage(Action leave) : IDisposable
    {
        private Action? _leave = leave;

        public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
    }
}

namespace HpcCr.Core;

/// <summary>Bounds how much users may hold at once: all of them together, and each. Root always has the reserve.</summary>
/// <param name="total">All users together, root included.</param>
/// <param name="perUser">One user other than root.</param>
/// <param name="reserved">The part of <paramref name="total"/> that only root may take.</param>
public sealed class UserQuota(int total, int perUser, int reserved)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, int> _held = [];
    private int _all;
    private int _ofRoot;

    /// <summary>How much is held now.</summary>
    public int Held
    {
        get
        {
            lock (_gate)
                return _all;
        }
    }

    /// <summary>Takes one for a user.</summary>
    /// <param name="uid">The user.</param>
    /// <returns>Gives it back when disposed; null when the user has had theirs, or all is taken.</returns>
    public IDisposable? TryTake(uint uid)
    {
        lock (_gate)
        {
            var own = _held.GetValueOrDefault(uid);
            if (uid == 0 ? _all >= total : own >= perUser || _all - _ofRoot >= total - reserved || _all >= total)
                return null;
            _held[uid] = own + 1;
            _all++;
            _ofRoot += uid == 0 ? 1 : 0;
            return new Share(this, uid);
        }
    }

    private void GiveBack(uint uid)
    {
        lock (_gate)
        {
            _all--;
            _ofRoot -= uid == 0 ? 1 : 0;
            if (--_held[uid] == 0)
                _held.Remove(uid);
        }
    }

    private sealed class Share(UserQuota quota, uint uid) : IDisposable
    {
        private int _returned;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0)
                quota.GiveBack(uid);
        }
    }
}

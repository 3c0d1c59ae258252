namespace HpcCr.Plugins.Redis;

/// <summary>What a server knows of a client beside its data.</summary>
/// <param name="Id">The job's connection.</param>
/// <param name="User">The user that it has logged in as.</param>
/// <param name="Database">The number of its SELECT.</param>
/// <param name="Name">Its CLIENT SETNAME; empty: none.</param>
/// <param name="Protocol">2 or 3.</param>
/// <param name="IsNoEvict">CLIENT NO-EVICT.</param>
/// <param name="IsReadOnly">READONLY of a cluster.</param>
internal sealed record RedisSession(uint Id, string User, int Database, string Name, int Protocol, bool IsNoEvict = false, bool IsReadOnly = false)
{
    /// <summary>The commands that make it again, the login apart.</summary>
    public IEnumerable<string[]> Commands()
    {
        if (Protocol != 2)
            yield return ["HELLO", $"{Protocol}"];
        if (Name.Length > 0)
            yield return ["CLIENT", "SETNAME", Name];
        if (Database != 0)
            yield return ["SELECT", $"{Database}"];
        if (IsNoEvict)
            yield return ["CLIENT", "NO-EVICT", "ON"];
        if (IsReadOnly)
            yield return ["READONLY"];
    }
}

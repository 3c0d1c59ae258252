namespace HpcCr.Criu;

/// <summary>How the engine itself locks the connections it dumps.</summary>
public enum NetworkLockMethod
{
    /// <summary>iptables, one rule pair per connection.</summary>
    Iptables = 1,

    /// <summary>nftables, one rule pair per connection; left behind by a dump that kills.</summary>
    Nftables = 2,

    /// <summary>Not at all: locking is the launcher's.</summary>
    Skip = 3,
}

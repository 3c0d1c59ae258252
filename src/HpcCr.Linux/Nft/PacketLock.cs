using System.Security.Cryptography;
using System.Text;

namespace HpcCr.Linux;

/// <summary>
/// Drops the packets of a job's connections at this node: one nftables table (family inet) per job, in the calling thread's network namespace.
/// Needs CAP_NET_ADMIN.
/// </summary>
public static class PacketLock
{
    /// <summary>What the names of all our tables begin with.</summary>
    public const string Prefix = "hpccr_";

    private const int MaxVerbatim = 64;

    /// <summary>The table of a job: letters, digits, '.', '_' and '-' as they are; a name with anything else gets a hash, so that no two jobs share one.</summary>
    public static string TableOf(string jobName)
    {
        ArgumentException.ThrowIfNullOrEmpty(jobName);
        if (jobName.Length <= MaxVerbatim && jobName.All(IsPlain))
            return Prefix + jobName;
        var plain = new string([.. jobName.Take(MaxVerbatim).Select(letter => IsPlain(letter) ? letter : '_')]);
        // '/' is legal in nft and never plain: what is made here cannot meet a verbatim name.
        return $"{Prefix}{plain}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(jobName)))[..16]}";
    }

    /// <summary>Locks, in one transaction: from its commit on no packet that the specification names passes. An older lock of this name is replaced in the same transaction.</summary>
    /// <param name="table">The table's name, from <see cref="TableOf"/>.</param>
    /// <param name="spec">What to hold back.</param>
    /// <exception cref="NftException">nft is missing or refused; nothing was changed then.</exception>
    public static void Apply(string table, LockSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        NftCommand.Transact($"lock {Checked(table)}", LockScript.Create(table, spec));
    }

    /// <summary>Makes a lock that holds nothing back yet. To make and to remove a table takes the kernel some 20 ms, to fill it a few.</summary>
    /// <param name="table">The table's name.</param>
    /// <exception cref="NftException">nft is missing or refused.</exception>
    public static void Prepare(string table) => Apply(table, new LockSpec());

    /// <summary>Locks with a table that <see cref="Prepare"/> made, in one transaction.</summary>
    /// <param name="table">The table's name.</param>
    /// <param name="spec">What to hold back.</param>
    /// <exception cref="NftException">nft is missing or refused, or the table is not there; nothing was changed then.</exception>
    public static void Fill(string table, LockSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        NftCommand.Transact($"lock {Checked(table)}", LockScript.Fill(table, spec));
    }

    /// <summary>Lets everything pass at once; the table stays, of no effect, until <see cref="Remove"/>.</summary>
    /// <param name="table">The table's name.</param>
    /// <exception cref="NftException">nft is missing or refused, or the table is not there.</exception>
    public static void Open(string table) => NftCommand.Transact($"open {Checked(table)}", LockScript.Open(table));

    /// <summary>Unlocks; a table that is not there is fine.</summary>
    /// <param name="table">The table's name.</param>
    /// <exception cref="NftException">nft is missing or refused.</exception>
    public static void Remove(string table) => NftCommand.Transact($"unlock {Checked(table)}", LockScript.Delete(table));

    /// <summary>The tables whose names begin with a prefix.</summary>
    /// <param name="prefix">Such as <see cref="Prefix"/>, for all of ours.</param>
    /// <returns>Their names, in the kernel's order.</returns>
    /// <exception cref="NftException">nft is missing or refused.</exception>
    public static IReadOnlyList<string> List(string prefix) =>
        [.. NftCommand.Run("list tables", "", "list", "tables", "inet").Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["table", "inet", _])
            .Select(words => words[2])
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];

    private static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-';

    // The name goes into a script: nothing but a name may be in it.
    private static string Checked(string table) => table.Length > 0 && char.IsAsciiLetter(table[0]) && table.All(letter => IsPlain(letter) || letter == '/')
        ? table
        : throw new ArgumentException($"'{table}' is not the name of a table.", nameof(table));
}

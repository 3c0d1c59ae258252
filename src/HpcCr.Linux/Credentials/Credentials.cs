namespace HpcCr.Linux;

/// <summary>The identity of this whole process.</summary>
public static class Credentials
{
    /// <summary>The effective user.</summary>
    public static uint User => CredentialApi.EffectiveUser();

    /// <summary>Becomes a user for good, in all threads; root's capabilities are gone with it.</summary>
    /// <param name="uid">The user.</param>
    /// <param name="gid">The primary group.</param>
    /// <param name="groups">The supplementary groups.</param>
    /// <exception cref="LinuxException">EPERM. The process may then be half changed: end it.</exception>
    public static void Drop(uint uid, uint gid, IReadOnlyList<uint> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        CredentialApi.SetProcessGroups([.. groups]);
        if (CredentialApi.SetGroups(gid, gid, gid) != 0)
            throw LinuxException.Last($"setresgid({gid})");
        if (CredentialApi.SetUsers(uid, uid, uid) != 0)
            throw LinuxException.Last($"setresuid({uid})");
    }

    /// <summary>Nothing that this process executes from now on gains rights by being executed: set-user-ID programs do not (PR_SET_NO_NEW_PRIVS).</summary>
    /// <exception cref="LinuxException">The kernel is older than 3.5.</exception>
    public static void GainNoMore() => CredentialApi.SetNoNewPrivileges();
}

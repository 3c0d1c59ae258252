using HpcCr.Core;

namespace HpcCr.Linux;

/// <summary>
/// Lets the processes of a cgroup go on using addresses that are not theirs any more: what they bind, connect or send to is exchanged on its way into
/// the kernel, and what the kernel tells them on its way out. Sockets count by the cgroup that they were made in; no packet is touched, and nobody else sees
/// any of it. It ends with the cgroup.
/// </summary>
public static class AddressTranslation
{
    /// <summary>Puts a view into force; nothing is done for an empty one. Sockets are restored before, since the engine uses the real addresses.</summary>
    /// <param name="cgroup">The cgroup (v2), absolute.</param>
    /// <param name="view">What is seen for what.</param>
    /// <exception cref="LinuxException">The kernel refused; what was attached before stays until the cgroup goes.</exception>
    public static void Attach(string cgroup, AddressView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (view.IsEmpty)
            return;
        using var folder = FileApi.Open(cgroup, FileApi.DirectoryOnly);
        AttachBoth(view.Binding, AddressHook.Bind4, AddressHook.Bind6);
        AttachBoth(view.Outgoing, AddressHook.Connect4, AddressHook.Connect6);
        AttachBoth(view.Outgoing, AddressHook.Send4, AddressHook.Send6);
        AttachBoth(view.Peers, AddressHook.Receive4, AddressHook.Receive6);
        AttachBoth(view.Peers, AddressHook.PeerName4, AddressHook.PeerName6);
        AttachBoth(view.Own, AddressHook.OwnName4, AddressHook.OwnName6);

        void AttachBoth(IReadOnlyList<AddressChange> changes, AddressHook ip4, AddressHook ip6)
        {
            if (changes.Count == 0)
                return;
            AttachOne(AddressProgram.ForIp4(changes), ip4);
            AttachOne(AddressProgram.ForIp6(changes), ip6);
        }

        void AttachOne(byte[] instructions, AddressHook hook)
        {
            using var program = BpfApi.Load(instructions, hook);
            BpfApi.Attach(folder, program, hook);
        }
    }
}

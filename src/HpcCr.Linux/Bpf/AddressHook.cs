namespace HpcCr.Linux;

/// <summary>Where the kernel lets a cgroup's program change an address (enum bpf_attach_type).</summary>
internal enum AddressHook
{
    Bind4 = 8,
    Bind6 = 9,
    Connect4 = 10,
    Connect6 = 11,
    Send4 = 14,
    Send6 = 15,
    Receive4 = 19,
    Receive6 = 20,
    PeerName4 = 29,
    PeerName6 = 30,
    OwnName4 = 31,
    OwnName6 = 32,
}

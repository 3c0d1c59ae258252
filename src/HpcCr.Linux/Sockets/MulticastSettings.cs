using System.Net;

namespace HpcCr.Linux;

/// <summary>How a socket sends to multicast groups, and which it has joined: nothing of this is in the engine's images.</summary>
public sealed record MulticastSettings
{
    private const int Datagrams = 2;
    private const int Raw = 3;
    private const int InterfaceOfIPv4 = 32;
    private const int HopsOfIPv4 = 33;
    private const int LoopOfIPv4 = 34;
    private const int AllOfIPv4 = 49;
    private const int InterfaceOfIPv6 = 17;
    private const int HopsOfIPv6 = 18;
    private const int LoopOfIPv6 = 19;
    private const int AllOfIPv6 = 29;

    // Each is asked for its membership of each group that anybody has joined.
    private const int MaximumQuestions = 200_000;

    /// <summary>The address of the interface to send by, of IPv4 sockets; null: the kernel chooses.</summary>
    public string? Address { get; init; }

    /// <summary>The name of the interface to send by, of IPv6 sockets; null: the kernel chooses.</summary>
    public string? Interface { get; init; }

    /// <summary>How far packets go.</summary>
    public int Hops { get; init; } = 1;

    /// <summary>Whether members on this host get them too.</summary>
    public bool Loop { get; init; } = true;

    /// <summary>Whether packets of groups that only others have joined come in.</summary>
    public bool All { get; init; } = true;

    /// <summary>The groups that it has joined; null: none.</summary>
    public IReadOnlyList<MulticastGroup>? Groups { get; init; }

    private static MulticastSettings Default { get; } = new();

    /// <summary>Those of a process's sockets that are not as the kernel makes them.</summary>
    /// <param name="open">What the process has open.</param>
    /// <returns>By descriptor.</returns>
    /// <exception cref="LinuxException">The process is not ours to reach into.</exception>
    public static IReadOnlyDictionary<int, MulticastSettings> Of(IReadOnlyList<OpenDescriptor> open)
    {
        var found = new Dictionary<int, MulticastSettings>();
        IReadOnlyList<(IPAddress Group, uint Interface)>? joined = null;
        var questions = 0;
        ForeignSocket.ForEach(open, socket =>
        {
            if (!socket.IsInternet || socket.Kind is not (Datagrams or Raw))
                return;
            joined ??= MulticastGroups.Joined();
            questions += joined.Count;
            if (questions > MaximumQuestions)
                throw new LinuxException($"getsockopt(pid {open[0].Pid}, MCAST_MSFILTER), of more than {MaximumQuestions} sockets and groups,", Errno.E2BIG);
            if (Of(socket, joined) is var settings && settings != Default)
                found[socket.Descriptor] = settings;
        });
        return found;
    }

    /// <summary>Gives them to a socket.</summary>
    /// <param name="open">The socket's descriptor.</param>
    /// <returns>What could not be set, for people; the rest was.</returns>
    public IReadOnlyList<string> Set(OpenDescriptor open)
    {
        var faults = new List<string>();
        ForeignSocket.ForEach([open], socket =>
        {
            if (socket.IsIPv6)
                SetIPv6(socket, faults);
            else
                SetIPv4(socket, faults);
            foreach (var group in Groups ?? [])
            {
                var level = IPAddress.Parse(group.Address).AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? MulticastApi.LevelIPv6 : MulticastApi.LevelIPv4;
                Try(faults, () => MulticastApi.Join(socket, level, group, IndexOf(group.Interface)));
            }
        });
        return faults;
    }

    private static MulticastSettings Of(ForeignSocket socket, IReadOnlyList<(IPAddress Group, uint Interface)> joined)
    {
        var level = socket.IsIPv6 ? MulticastApi.LevelIPv6 : MulticastApi.LevelIPv4;
        var groups = (from entry in joined
                      where socket.IsIPv6 == (entry.Group.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
                      let sources = MulticastApi.SourcesOf(socket, level, entry.Group, entry.Interface)
                      where sources is not null
                      select new MulticastGroup(entry.Group.ToString(), MulticastApi.NameOf(entry.Interface) ?? "",
                          sources.Value.Sources.Count > 0 ? [.. sources.Value.Sources.Select(source => source.ToString())] : null, sources.Value.IsIncluding)).ToList();
        return socket.IsIPv6
            ? new MulticastSettings
            {
                Interface = socket.Get(level, InterfaceOfIPv6, "IPV6_MULTICAST_IF") is var index and > 0 ? MulticastApi.NameOf((uint)index) : null,
                Hops = socket.Get(level, HopsOfIPv6, "IPV6_MULTICAST_HOPS"),
                Loop = socket.Get(level, LoopOfIPv6, "IPV6_MULTICAST_LOOP") != 0,
                All = socket.Get(level, AllOfIPv6, "IPV6_MULTICAST_ALL") != 0,
                Groups = groups.Count > 0 ? groups : null,
            }
            : new MulticastSettings
            {
                Address = socket.Get(level, InterfaceOfIPv4, "IP_MULTICAST_IF") is var address && address != 0 ? new IPAddress((uint)address).ToString() : null,
                Hops = socket.Get(level, HopsOfIPv4, "IP_MULTICAST_TTL"),
                Loop = socket.Get(level, LoopOfIPv4, "IP_MULTICAST_LOOP") != 0,
                All = socket.Get(level, AllOfIPv4, "IP_MULTICAST_ALL") != 0,
                Groups = groups.Count > 0 ? groups : null,
            };
    }

    private void SetIPv4(ForeignSocket socket, List<string> faults)
    {
        if (Address is not null)
            Try(faults, () => socket.Set(MulticastApi.LevelIPv4, InterfaceOfIPv4, IPAddress.Parse(Address).GetAddressBytes(), $"IP_MULTICAST_IF, {Address}"));
        Try(faults, () => socket.Set(MulticastApi.LevelIPv4, HopsOfIPv4, Hops, "IP_MULTICAST_TTL"));
        Try(faults, () => socket.Set(MulticastApi.LevelIPv4, LoopOfIPv4, Loop ? 1 : 0, "IP_MULTICAST_LOOP"));
        Try(faults, () => socket.Set(MulticastApi.LevelIPv4, AllOfIPv4, All ? 1 : 0, "IP_MULTICAST_ALL"));
    }

    private void SetIPv6(ForeignSocket socket, List<string> faults)
    {
        if (Interface is not null)
            Try(faults, () => socket.Set(MulticastApi.LevelIPv6, InterfaceOfIPv6, (int)IndexOf(Interface), $"IPV6_MULTICAST_IF, {Interface}"));
        Try(faults, () => socket.Set(MulticastApi.LevelIPv6, HopsOfIPv6, Hops, "IPV6_MULTICAST_HOPS"));
        Try(faults, () => socket.Set(MulticastApi.LevelIPv6, LoopOfIPv6, Loop ? 1 : 0, "IPV6_MULTICAST_LOOP"));
        Try(faults, () => socket.Set(MulticastApi.LevelIPv6, AllOfIPv6, All ? 1 : 0, "IPV6_MULTICAST_ALL"));
    }

    private static uint IndexOf(string name) =>
        MulticastApi.IndexOf(name) is var index and > 0 ? index : throw new LinuxException($"if_nametoindex({name})", Errno.ENODEV);

    private static void Try(List<string> faults, Action set)
    {
        try
        {
            set();
        }
        catch (LinuxException e)
        {
            faults.Add(e.Message);
        }
    }
}

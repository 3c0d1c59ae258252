namespace HpcCr.Cli.Lab;

/// <summary>One fake node: what is fixed about it by its number.</summary>
/// <param name="Number">From 1.</param>
internal sealed record LabNode(int Number)
{
    /// <summary>How many nodes a lab can have.</summary>
    public const int Most = 64;

    /// <summary>The coordinator's address on the lab's bridge.</summary>
    public const string ControlAddress = "10.88.0.1";

    /// <summary>The node's name.</summary>
    public string Name => $"node{Number}";

    /// <summary>Its address on the bridge.</summary>
    public string Address => $"10.88.0.{10 + Number}";

    /// <summary>Its IPv6 address on the bridge.</summary>
    public string AddressV6 => $"fd88::{10 + Number}";

    /// <summary>Its hardware address: always the same, so that the others' ARP tables stay right when it comes back after a power cut.</summary>
    public string HardwareAddress => $"02:88:00:00:00:{Number:x2}";

    /// <summary>The bridge's end of its cable.</summary>
    public string Cable => $"v{Number}";
}

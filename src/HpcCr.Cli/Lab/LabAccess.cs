namespace HpcCr.Cli.Lab;

/// <summary>What a lab command needs before it can do anything.</summary>
internal static class LabAccess
{
    /// <summary>Checks that the caller is root.</summary>
    public static void NeedRoot()
    {
        if (!Environment.IsPrivilegedProcess)
            throw new HpcCrException(FailureKind.NotAllowed, "only root can make, enter or end a lab's namespaces", "Run it with sudo.");
    }

    /// <summary>A node of the lab.</summary>
    /// <exception cref="HpcCrException">The lab has no such node (not found), or the text names none (usage).</exception>
    public static LabNode Node(LabState state, string name) =>
        state.All().FirstOrDefault(node => node.Name == NodeName.Check(name))
            ?? throw new HpcCrException(FailureKind.NotFound, $"the lab has no node '{name}'", $"It has node1 to node{state.Nodes}.");
}

using System.Text.RegularExpressions;

namespace HpcCr.Core;

/// <summary>The name of a node: a host name of at most 63 characters. Nodes are named, never addressed.</summary>
public static partial class NodeName
{
    // What else is called so in the folders of a job and of an epoch, where each node has a folder and a log of its name.
    private static readonly string[] Taken = ["manifest.json", "restart.sh", "stdout", "stderr"];

    /// <summary>Whether the text may name a node.</summary>
    public static bool IsValid(string? text) => text is not null && Pattern().IsMatch(text) && !Taken.Contains(text, StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the name, or says why it is none.</summary>
    /// <exception cref="HpcCrException">The text is not a node name (usage).</exception>
    public static string Check(string? text) => IsValid(text)
        ? text!
        : throw new HpcCrException(FailureKind.Usage, $"'{JobName.Printable(text)}' is not a node name",
            "A node is named by its host name, such as node1; see `hpccr status` for the nodes there are.");

    /// <summary>Reads <c>n1,n2,n3</c>; a node stands in it once.</summary>
    /// <exception cref="HpcCrException">A part is no node name, or stands twice (usage).</exception>
    public static IReadOnlyList<string> ParseList(string text)
    {
        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Check).ToList();
        if (names.Count == 0)
            throw new HpcCrException(FailureKind.Usage, "the list of nodes is empty", "Write it as node1,node2.");
        var twice = names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1)?.Key;
        return twice is null
            ? names
            : throw new HpcCrException(FailureKind.Usage, $"node {twice} stands twice in the list of nodes", "Name each node once.");
    }

    /// <summary>Reads <c>old=new,old2=new2</c>; null reads as nothing.</summary>
    /// <exception cref="HpcCrException">A part is no pair of node names, or a node is exchanged twice (usage).</exception>
    public static IReadOnlyDictionary<string, string> ParseMap(string? text)
    {
        var map = new Dictionary<string, string>();
        foreach (var pair in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (pair.Split('=') is not [var from, var to])
                throw new HpcCrException(FailureKind.Usage, $"'{JobName.Printable(pair)}' does not say which node takes whose place", "Write it as node1=node3,node2=node4.");
            if (!map.TryAdd(Check(from), Check(to)))
                throw new HpcCrException(FailureKind.Usage, $"node {from} is exchanged twice", "Name each node once.");
        }

        return text is null || map.Count > 0
            ? map
            : throw new HpcCrException(FailureKind.Usage, "the list of nodes to exchange is empty", "Write it as node1=node3,node2=node4.");
    }

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex Pattern();
}

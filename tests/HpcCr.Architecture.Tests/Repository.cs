using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace HpcCr.Architecture.Tests;

/// <summary>The source tree that these tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] Built = ["bin", "obj", "out", ".git"];

    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "../.."));

    /// <summary>All projects by name.</summary>
    public static IReadOnlyDictionary<string, XDocument> Projects { get; } =
        Files("*.csproj").ToDictionary(path => Path.GetFileNameWithoutExtension(path), XDocument.Load);

    /// <summary>The projects of the product.</summary>
    public static IEnumerable<string> Product { get; } =
        [.. Files("*.csproj").Where(IsProduct).Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    /// <summary>Those of them that are plugins, and not the interface for them.</summary>
    public static IEnumerable<string> Plugins { get; } = [.. Product.Where(project => project.StartsWith("HpcCr.Plugins.", StringComparison.Ordinal) && project != "HpcCr.Plugins.Abstractions")];

    /// <summary>The files that are written by people, as absolute paths.</summary>
    public static IEnumerable<string> Files(string pattern) => Below(Root).SelectMany(folder => Directory.EnumerateFiles(folder, pattern)).Order();

    public static bool IsProduct(string path) => !Relative(path).StartsWith("tests/", StringComparison.Ordinal);

    public static string Relative(string path) => Path.GetRelativePath(Root, path);

    /// <summary>The projects that one refers to.</summary>
    public static IEnumerable<string> ReferencesOf(string project) =>
        Projects[project].Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!)).Order();

    /// <summary>Likewise, with what those refer to.</summary>
    public static IReadOnlySet<string> AllReferencesOf(string project)
    {
        HashSet<string> all = [];
        Queue<string> left = new([project]);
        while (left.TryDequeue(out var next))
            foreach (var reference in ReferencesOf(next).Where(all.Add))
                left.Enqueue(reference);
        return all;
    }

    private static IEnumerable<string> Below(string folder) => Directory.EnumerateDirectories(folder)
        .Where(sub => !Built.Contains(Path.GetFileName(sub))).SelectMany(Below).Prepend(folder);

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}

namespace HpcCr.Architecture.Tests;

public sealed class DependencyTests
{
    // Who may refer to whom, in full: docs/architecture.md says why. A new arrow is a decision, and is made here.
    private static readonly Dictionary<string, string> Allowed = new()
    {
        ["HpcCr.Core"] = "",
        ["HpcCr.Rpc"] = "",
        ["HpcCr.Hosting"] = "HpcCr.Core",
        ["HpcCr.Guard.Protocol"] = "",
        ["HpcCr.Plugins.Abstractions"] = "",
        ["HpcCr.Criu"] = "HpcCr.Core",
        ["HpcCr.Linux"] = "HpcCr.Core",
        ["HpcCr.Store"] = "HpcCr.Core HpcCr.Linux",
        ["HpcCr.Protocol"] = "HpcCr.Core HpcCr.Rpc",
        ["HpcCr.Guard"] = "HpcCr.Core HpcCr.Criu HpcCr.Guard.Protocol HpcCr.Linux",
        ["HpcCr.Coordinator"] = "HpcCr.Core HpcCr.Hosting HpcCr.Protocol HpcCr.Rpc",
        ["HpcCr.Launcher"] = "HpcCr.Core HpcCr.Criu HpcCr.Guard.Protocol HpcCr.Hosting HpcCr.Linux HpcCr.Plugins.Abstractions HpcCr.Protocol HpcCr.Rpc HpcCr.Store",
        ["HpcCr.Cli"] = "HpcCr.Coordinator HpcCr.Core HpcCr.Criu HpcCr.Guard.Protocol HpcCr.Hosting HpcCr.Launcher HpcCr.Linux HpcCr.Plugins.Abstractions HpcCr.Protocol HpcCr.Rpc HpcCr.Store",
    };

    public static TheoryData<string> Product => [.. Repository.Product.Except(Repository.Plugins)];

    public static TheoryData<string> Plugins => [.. Repository.Plugins];

    public static TheoryData<string> All => [.. Repository.Projects.Keys.Order()];

    [Theory]
    [MemberData(nameof(Product))]
    public void Project_RefersOnlyToWhatTheDesignAllows(string project)
    {
        Assert.True(Allowed.TryGetValue(project, out var allowed), $"{project} is new: write down here what it may refer to");

        Assert.Empty(Repository.AllReferencesOf(project).Except(allowed.Split(' ')));
    }

    // What they refer to is written down once for all of them, in plugins/Directory.Build.props.
    [Theory]
    [MemberData(nameof(Plugins))]
    public void Plugin_RefersToTheInterfaceAlone(string plugin)
    {
        var common = System.Xml.Linq.XDocument.Load(Path.Combine(Repository.Root, "plugins/Directory.Build.props"));

        Assert.Empty(Repository.AllReferencesOf(plugin));
        Assert.EndsWith("HpcCr.Plugins.Abstractions.csproj", (string?)Assert.Single(common.Descendants("ProjectReference")).Attribute("Include"), StringComparison.Ordinal);
    }

    [Fact]
    public void Arrows_AllPointOneWay() => Assert.All(Repository.Projects.Keys, project => Assert.DoesNotContain(project, Repository.AllReferencesOf(project)));

    [Theory]
    [MemberData(nameof(Product))]
    public void Product_NeverRefersToTests(string project) =>
        Assert.DoesNotContain(Repository.AllReferencesOf(project), reference => !Repository.Product.Contains(reference));

    [Fact]
    public void Rule_ForAProjectThatIsGone_IsGoneToo() => Assert.Empty(Allowed.Keys.Except(Repository.Product.Except(Repository.Plugins)));

    [Theory]
    [MemberData(nameof(All))]
    public void Project_IsInTheSolution(string project) =>
        Assert.Contains($"\\{project}.csproj\"", File.ReadAllText(Path.Combine(Repository.Root, "HpcCr.sln")), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(All))]
    public void Project_TakesItsPackageVersionsFromOnePlace(string project) =>
        Assert.DoesNotContain(Repository.Projects[project].Descendants("PackageReference"), reference => reference.Attribute("Version") is not null);

    [Fact]
    public void CoreAndStore_NeedNoPackages() => Assert.All(["HpcCr.Core", "HpcCr.Store"],
        project => Assert.Empty(Repository.Projects[project].Descendants("PackageReference")));

    [Fact]
    public void TheKernel_IsCalledFromOneProjectOnly()
    {
        // STYLE: P/Invoke in HpcCr.Linux. HpcCr.Rpc and HpcCr.Criu may not refer to it:
        // they have the few calls that a peer's identity, and the folder of images, need. A plugin may not either: it brings its own.
        var callers = Repository.Files("*.cs")
            .Where(path => File.ReadLines(path).Any(line => line.TrimStart().StartsWith("[LibraryImport(", StringComparison.Ordinal) || line.TrimStart().StartsWith("[DllImport(", StringComparison.Ordinal)))
            .Where(Repository.IsProduct).Select(Repository.Relative).Where(path => !path.StartsWith("plugins/", StringComparison.Ordinal)).Select(path => path.Split('/')[1]).Distinct();

        Assert.Empty(callers.Except(["HpcCr.Linux", "HpcCr.Rpc", "HpcCr.Criu"]));
    }

    [Fact]
    public void WireTypes_ComeFromTheContractsOnly()
    {
        var compiled = Repository.Product.SelectMany(project => Repository.Projects[project].Descendants("Protobuf"))
            .Select(item => ((string)item.Attribute("Include")!).Replace("$(ProtosRoot)/", "", StringComparison.Ordinal)).Order().ToList();
        var contracts = Directory.EnumerateFiles(Path.Combine(Repository.Root, "protos"), "*.proto", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Path.Combine(Repository.Root, "protos"), path)).Order().ToList();

        Assert.All(compiled, path => Assert.False(Path.IsPathRooted(path) || path.Contains("..", StringComparison.Ordinal), path));
        Assert.Equal(compiled, compiled.Distinct());
        Assert.All(contracts, contract => Assert.Contains(compiled, pattern => Matches(pattern, contract)));
        Assert.DoesNotContain(Repository.Files("*.cs"), path => File.ReadLines(path).Take(3).Any(line => line.Contains("Generated by the protocol buffer compiler", StringComparison.Ordinal)));
        Assert.DoesNotContain(Repository.Files("*.cs").Where(Repository.IsProduct), path => File.ReadAllText(path).Contains(": IMessage<", StringComparison.Ordinal));
    }

    [Fact]
    public void InternalsAreVisible_ToTheProjectsOwnTestsOnly() => Assert.All(Repository.Product, project => Assert.All(
        Repository.Projects[project].Descendants("InternalsVisibleTo"), friend => Assert.Equal($"{project}.Tests", (string?)friend.Attribute("Include"))));

    private static bool Matches(string pattern, string path) => pattern.Split(';').Any(p =>
        System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(p.Replace("**/", "*", StringComparison.Ordinal), path));
}

using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace HpcCr.Launcher.Tests;

/// <summary>What docs/plugins.md shows is what the code takes: its lines are of the protocol, and its programs those that are compiled and run elsewhere.</summary>
public sealed partial class PluginDocumentationTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Here(), "../.."));
    private static readonly string Text = File.ReadAllText(Path.Combine(Root, "docs/plugins.md"));

    public static TheoryData<string> Descriptions => [.. Directory.EnumerateFiles(Path.Combine(Root, "plugins"), "plugin.json", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path)).Where(path => !path.Contains("/bin/", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal))];

    [Fact]
    public void Description_IsOne() => Assert.All(Blocks("json"), block => PluginDescription.Parse(Encoding.UTF8.GetBytes(block), "docs/plugins.md"));

    [Theory]
    [MemberData(nameof(Descriptions))]
    public void ShippedDescription_IsOne_AndOfItsFolder(string path)
    {
        var name = PluginDescription.Parse(File.ReadAllBytes(Path.Combine(Root, path)), path).Name;

        Assert.Equal(name is "my-plugin" ? "template" : name, Path.GetFileName(Path.GetDirectoryName(path)));
    }

    [Fact]
    public void Lines_AreOfTheProtocol()
    {
        var lines = Blocks("").SelectMany(block => block.Split('\n')).ToList();
        var told = lines.Where(line => line.StartsWith("> ", StringComparison.Ordinal)).Select(line => line[2..]).ToList();
        var said = lines.Where(line => line.StartsWith("< ", StringComparison.Ordinal)).Select(line => line[2..]).ToList();

        Assert.NotEmpty(told);
        Assert.All(told, line => Assert.Equal(Canonical(line), Canonical(JsonSerializer.Serialize(JsonSerializer.Deserialize(line, PluginJson.Default.HostLine)!, PluginJson.Default.HostLine))));
        Assert.NotEmpty(said);
        Assert.All(said, line => PluginLine.Parse(Encoding.UTF8.GetBytes(line)));
        Assert.All(Question().Matches(Text).Select(match => match.Groups[1].Value), line => PluginLine.Parse(Encoding.UTF8.GetBytes(line)));
    }

    [Theory]
    [InlineData("python", "plugins/template/plugin.py")]
    [InlineData("csharp", "plugins/noop/Noop.cs")]
    public void Program_IsTheOneThatIsTested(string language, string file) =>
        Assert.Equal(File.ReadAllText(Path.Combine(Root, file)).TrimEnd('\n'), Assert.Single(Blocks(language)));

    [Fact]
    public void Events_AreAllThere() => Assert.All(PluginEvents.All, name => Assert.Contains($"\n| `{name}` |", Text, StringComparison.Ordinal));

    [Fact]
    public void TheTutorial_IsShort() => Assert.InRange(File.ReadLines(Path.Combine(Root, "plugins/noop/Noop.cs")).Count(), 1, 40);

    private static IEnumerable<string> Blocks(string language) =>
        Block().Matches(Text).Where(match => match.Groups[1].Value == language).Select(match => match.Groups[2].Value.TrimEnd('\n'));

    private static string Canonical(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement);

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^\| `(\{""ask"".*?\})` \|", RegexOptions.Multiline)]
    private static partial Regex Question();
}

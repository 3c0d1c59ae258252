using CommandLine;

namespace HpcCr.Faults;

/// <summary>What the matrix is told.</summary>
internal sealed class FaultsArguments
{
    [Option("phases", Separator = ',', HelpText = "Only these phases.")]
    public IEnumerable<string> Phases { get; set; } = [];

    [Option("faults", Separator = ',', HelpText = "Only these faults.")]
    public IEnumerable<string> Faults { get; set; } = [];

    [Option("jobs", Default = 2, HelpText = "How many labs side by side.")]
    public int Jobs { get; set; }

    [Option("logs", HelpText = "A folder for the daemons' logs of what failed.")]
    public string? Logs { get; set; }

    [Option("markdown", HelpText = "A Markdown file whose part between the marks is replaced with the result.")]
    public string? Markdown { get; set; }
}

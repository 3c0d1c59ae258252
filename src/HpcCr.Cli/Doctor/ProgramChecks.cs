using HpcCr.Cli.Processes;
using HpcCr.Linux;

namespace HpcCr.Cli.Doctor;

/// <summary>The programs that launchers and the lab use.</summary>
internal static class ProgramChecks
{
    /// <summary>Runs them.</summary>
    public static async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var found = new List<Finding> { Needed("tini", "the first process of every sandbox"), await PacketRulesAsync(cancellationToken) };
        var lab = ((string[])["ip", "unshare", "nsenter", "mount", "setsid", "bash"]).Where(program => Locate(program) is null).ToList();
        found.Add(lab.Count == 0
            ? Finding.Ok("lab programs", "ip, unshare, nsenter, mount, setsid, bash")
            : Finding.Warn("lab programs", $"no {string.Join(", ", lab)}: `hpccr lab` does not work", Finding.SetUp));
        return found;
    }

    /// <summary>The program's path, or null.</summary>
    public static string? Locate(string program)
    {
        try
        {
            return ProgramPath.Resolve(program, Tool.SearchPath);
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    private static Finding Needed(string program, string use) => Locate(program) is { } path
        ? Finding.Ok(program, path)
        : Finding.Fail(program, $"not found; it is {use}", Finding.SetUp);

    private static async Task<Finding> PacketRulesAsync(CancellationToken cancellationToken)
    {
        var program = Needed("nft", "what holds a job's packets back");
        if (program.Grade != Grade.Ok || !Environment.IsPrivilegedProcess) return program;
        var (exitCode, _, errors) = await Tool.TryRunAsync("nft", ["list", "tables"], "", cancellationToken);
        return exitCode == 0
            ? program
            : Finding.Fail("nft", $"the kernel refuses packet rules: {JobName.Printable(errors.Trim())}", "Use a kernel with CONFIG_NF_TABLES.");
    }
}

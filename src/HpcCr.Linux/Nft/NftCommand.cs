namespace HpcCr.Linux;

/// <summary>One run of nft(8) in the calling thread's network namespace.</summary>
internal static class NftCommand
{
    // It waits for the kernel's own lock on the rule set, which others hold for moments.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    // A daemon's PATH may lack the folders of system programs.
    private static readonly string[] Folders = ["/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin"];

    /// <summary>Runs a script as one transaction.</summary>
    /// <exception cref="NftException">nft is missing, hung or refused.</exception>
    internal static void Transact(string task, string script) => Run(task, script, "-f", "-");

    /// <summary>Runs nft.</summary>
    /// <returns>What it wrote to stdout.</returns>
    /// <exception cref="NftException">nft is missing, hung or refused.</exception>
    internal static string Run(string task, string input, params IEnumerable<string> arguments)
    {
        using var stdin = new MemoryFile(input);
        using var stdout = new MemoryFile();
        using var stderr = new MemoryFile();
        using var nft = Start(task, new SpawnOptions
        {
            Argv = [Find(), .. arguments],
            Environment = ["LC_ALL=C"],
            Descriptors = new Dictionary<int, int> { [0] = stdin.Number, [1] = stdout.Number, [2] = stderr.Number },
        });
        if (!nft.Exited.Wait(Deadline))
        {
            nft.Kill(Signals.Kill);
            throw new NftException(task, $"it did not end within {Deadline.TotalSeconds:0} s");
        }
        return nft.Exited.Result is { IsSuccess: true } ? stdout.ReadAll() : throw new NftException(task, Sentence(stderr.ReadAll(), nft.Exited.Result));
    }

    private static ChildProcess Start(string task, SpawnOptions options)
    {
        try
        {
            return ChildProcess.Start(options);
        }
        catch (LinuxException cause)
        {
            throw new NftException(task, $"{options.Argv[0]} cannot be run: {cause.Message}. Install the package nftables.", cause);
        }
    }

    // The first line says what is wrong; the following ones repeat the script, which may be long.
    private static string Sentence(string errors, ExitStatus status) =>
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? $"it ended with {status}";

    private static string Find() => Folders.Select(folder => $"{folder}/nft").FirstOrDefault(File.Exists) ?? "/usr/sbin/nft";
}

using System.ComponentModel;
using System.Diagnostics;

namespace HpcCr.Linux;

/// <summary>One run of nft(8) in the calling thread's network namespace.</summary>
internal static class NftCommand
{
    // It waits for the kernel's own lock on the rule set, which others hold for moments.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static readonly string[] Folders = ["/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin"];

    /// <summary>Runs a script as one transaction.</summary>
    /// <exception cref="NftException">nft is missing, hung or refused.</exception>
    internal static void Transact(string task, string script) => Run(task, script, "-f", "-");

    /// <summary>Runs nft.</summary>
    /// <returns>What it wrote to stdout.</returns>
    /// <exception cref="NftException">nft is missing, hung or refused.</exception>
    internal static string Run(string task, string input, params IEnumerable<string> arguments)
    {
        // The child is forked from this very thread, so it is in this thread's network namespace.
        var start = new ProcessStartInfo(Find(), arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var nft = Process.Start(start)!;
            var output = nft.StandardOutput.ReadToEndAsync();
            var errors = nft.StandardError.ReadToEndAsync();
            Feed(nft, input);
            if (!nft.WaitForExit(Deadline))
            {
                nft.Kill();
                throw new NftException(task, $"it did not end within {Deadline.TotalSeconds:0} s");
            }
            Task.WaitAll(output, errors);
            return nft.ExitCode == 0 ? output.Result : throw new NftException(task, Sentence(errors.Result, nft.ExitCode));
        }
        catch (Win32Exception cause)
        {
            throw new NftException(task, $"{start.FileName} cannot be run: {cause.Message}. Install the package nftables.", cause);
        }
    }

    private static void Feed(Process nft, string input)
    {
        try
        {
            nft.StandardInput.Write(input);
            nft.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read everything; its exit code and stderr say why.
        }
    }

    // The first line says what is wrong; the following ones repeat the script, which may be long.
    private static string Sentence(string errors, int exitCode) =>
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? $"exit code {exitCode}";

    // A daemon's PATH may lack the folders of system programs.
    private static string Find() => Folders.Select(folder => $"{folder}/nft").FirstOrDefault(File.Exists) ?? "nft";
}

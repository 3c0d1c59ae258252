using System.Diagnostics.CodeAnalysis;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Processes;
using HpcCr.Linux;

namespace HpcCr.Cli.Lab;

/// <summary>The way into a node: this process becomes the command there, so its exit code, signals and terminal are the command's.</summary>
internal static class LabEntrance
{
    private const int LastStandardDescriptor = 2;

    /// <summary>Becomes the command.</summary>
    /// <param name="layout">Where the lab is.</param>
    /// <param name="init">The node's first process.</param>
    /// <param name="command">The command and its arguments.</param>
    [DoesNotReturn]
    public static void Become(LabLayout layout, ProcessIdentity init, IReadOnlyList<string> command)
    {
        var clean = Tool.Clean("nsenter", []).Environment.ToDictionary(pair => pair.Key, pair => pair.Value ?? "");
        clean[CoordinatorAddress.Variable] = new UnixAddress(layout.Run.CoordinatorSocket).ToString();
        if (Environment.GetEnvironmentVariable("TERM") is { } terminal) clean["TERM"] = terminal;
        // The caller's folder is there in the node too, unless it is one that the node has of its own.
        var folder = Environment.CurrentDirectory;
        if (folder.StartsWith(layout.Run.Root, StringComparison.Ordinal)) folder = "/";
        foreach (var entry in Directory.GetFiles("/proc/self/fd").Select(Path.GetFileName))
            if (int.TryParse(entry, out var descriptor) && descriptor > LastStandardDescriptor)
                CloseLater(descriptor);
        Exec.Replace(ProgramPath.Resolve("nsenter", clean["PATH"]), ["nsenter", .. LabDaemons.Entry(init, folder), "--", .. command],
            [.. clean.Select(pair => $"{pair.Key}={pair.Value}")]);
    }

    private static void CloseLater(int descriptor)
    {
        try
        {
            Descriptors.SetCloseOnExec(descriptor);
        }
        catch (LinuxException e) when (e.Errno == Errno.EBADF)
        {
            // The one that the folder was read through.
        }
    }
}

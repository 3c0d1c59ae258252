using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>
/// The files in the sandbox's private /dev/shm and TMPDIR, kept as one tar archive: the engine would copy them one by one
/// through gzip inside the pause.
/// </summary>
internal static class PrivateFiles
{
    private const string BlockingFactor = "2048";

    // Of tar: a file or folder changed while it was read. The job stands still; the engine gives files that have lost a name another one meanwhile.
    private const int Differs = 1;

    /// <summary>Packs them while the job is frozen, holes kept; no archive is made when there is nothing.</summary>
    public static async Task PackAsync(LocalJob job, string archive, CancellationToken cancellationToken)
    {
        if (!new[] { job.Layout.SharedMemory, job.Layout.Temporary }.Any(dir => Directory.EnumerateFileSystemEntries(dir).Any()))
            return;
        await RunAsync(["tar", "--create", "--sparse", "--numeric-owner", "--blocking-factor", BlockingFactor, "--file", archive,
            "--directory", job.Layout.Memory, "--warning=no-file-ignored", Name(job.Layout.SharedMemory), Name(job.Layout.Temporary)],
            "the files in the sandbox's /dev/shm and TMPDIR could not be copied", cancellationToken, tolerated: Differs);
    }

    /// <summary>Puts them back before a restore, as the job's user.</summary>
    public static async Task UnpackAsync(LocalJob job, string archive, CancellationToken cancellationToken)
    {
        if (!File.Exists(archive))
            return;
        await using var input = new FileStream(archive, FileMode.Open, FileAccess.Read);
        await RunAsync([.. IdentityOf(job.Spec), "tar", "--extract", "--preserve-permissions", "--numeric-owner", "--directory", job.Layout.Memory,
            "--blocking-factor", BlockingFactor, "--no-overwrite-dir", "--file", "-"],
            "the files of the sandbox's /dev/shm and TMPDIR could not be put back", cancellationToken, input);
    }

    private static string Name(string path) => Path.GetFileName(path);

    /// <summary>What has a command run as the job's user.</summary>
    internal static IReadOnlyList<string> IdentityOf(JobSpec spec) =>
        spec.Uid == 0 ? [] : ["setpriv", "--reuid", $"{spec.Uid}", "--regid", $"{spec.Gid}", "--clear-groups", "--"];

    /// <summary>Runs a command to its end.</summary>
    /// <exception cref="HpcCrException">It failed; the first line that it said is told.</exception>
    internal static async Task RunAsync(IReadOnlyList<string> argv, string failure, CancellationToken cancellationToken, FileStream? input = null, FileStream? output = null, int tolerated = 0)
    {
        var descriptors = new Dictionary<int, int>();
        if (input is not null)
            descriptors[0] = (int)input.SafeFileHandle.DangerousGetHandle();
        if (output is not null)
            descriptors[1] = (int)output.SafeFileHandle.DangerousGetHandle();
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.In);
        descriptors[2] = (int)pipe.ClientSafePipeHandle.DangerousGetHandle();
        using var process = ChildProcess.Start(new SpawnOptions { Argv = argv, Descriptors = descriptors, NewSession = true });
        pipe.DisposeLocalCopyOfClientHandle();
        using var cancel = cancellationToken.Register(() => process.Kill(9));
        using var reader = new StreamReader(pipe);
        var said = await reader.ReadToEndAsync(CancellationToken.None);
        var status = await process.Exited;
        cancellationToken.ThrowIfCancellationRequested();
        if (status.ShellCode != 0 && status.ShellCode != tolerated)
            throw new HpcCrException(FailureKind.Failed, $"{failure}: {said.Split('\n')[0]}", "Free some space, or see the launcher's log.");
    }
}

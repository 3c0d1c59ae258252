using System.IO.Pipes;
using System.Text;
using Google.Protobuf;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>A process on its way to a plugin's program: it joins its cgroup and becomes its user first (the guard's program does that, as for sandboxes).</summary>
internal static class PluginStart
{
    private const int StatusPipe = 3;
    private const uint UsualUmask = 0x12;

    /// <summary>Starts it.</summary>
    /// <param name="launch">What.</param>
    /// <param name="cgroup">Its cgroup.</param>
    /// <param name="cancellationToken">Ends the waiting; the cgroup is then to be emptied.</param>
    /// <returns>The process and our ends of its standard streams.</returns>
    /// <exception cref="PluginFault">It cannot be started.</exception>
    public static async Task<(ChildProcess Process, Stream Input, Stream Output, Stream Error)> RunAsync(PluginLaunch launch, JobCgroup cgroup, CancellationToken cancellationToken)
    {
        var input = new AnonymousPipeServerStream(PipeDirection.Out);
        var output = new AnonymousPipeServerStream(PipeDirection.In);
        var error = new AnonymousPipeServerStream(PipeDirection.In);
        using var status = new AnonymousPipeServerStream(PipeDirection.In);
        ChildProcess? process = null;
        try
        {
            WriteEntry(launch, cgroup);
            process = ChildProcess.Start(new SpawnOptions
            {
                Argv = [Programs.Guard, "plugin", launch.EntryFile],
                NewSession = true,
                WorkingDirectory = "/",
                Descriptors = new Dictionary<int, int> { [0] = Theirs(input), [1] = Theirs(output), [2] = Theirs(error), [StatusPipe] = Theirs(status) },
            });
            foreach (var pipe in (AnonymousPipeServerStream[])[input, output, error, status])
                pipe.DisposeLocalCopyOfClientHandle();
            using var failure = new StreamReader(status, Encoding.UTF8);
            if (await failure.ReadToEndAsync(cancellationToken).WaitAsync(cancellationToken) is { Length: > 0 } why)
                throw new PluginFault($"cannot be started: {PluginText.Printable(why)}");
            return (process, input, output, error);
        }
        catch
        {
            // It may not have come to its cgroup.
            process?.Kill(Signals.Kill);
            await input.DisposeAsync();
            await output.DisposeAsync();
            await error.DisposeAsync();
            throw;
        }
        finally
        {
            File.Delete(launch.EntryFile);
        }
    }

    private static int Theirs(AnonymousPipeServerStream pipe) => (int)pipe.ClientSafePipeHandle.DangerousGetHandle();

    private static void WriteEntry(PluginLaunch launch, JobCgroup cgroup) => AtomicFile.Write(launch.EntryFile, new SandboxEntry
    {
        Cgroup = cgroup.Path,
        Uid = launch.Uid,
        Gid = launch.Gid,
        Groups = { launch.Groups },
        Umask = UsualUmask,
        WorkingDirectory = launch.Folder,
        Argv = { launch.Argv },
        Environment = { launch.Environment },
        Limits = { launch.Limits.Select(limit => new Limit { Resource = limit.Resource, Soft = limit.Soft, Hard = limit.Hard }) },
    }.ToByteArray(), UnixFileMode.UserRead | UnixFileMode.UserWrite);
}
